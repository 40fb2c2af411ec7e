/**
 * Runs inside private mount and network namespaces and takes one JSON request per line: writes a tree of files,
 * resets the keys, runs the real loader, reads the keys back. Argument 1: the root to run in (`/`, or a chroot).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import readline from 'node:readline';
import { isolate, run } from './isolate.mjs';

const root = process.argv[2] === '/' ? '' : process.argv[2];
const at = (path) => `${root}${path}`;

/** Interfaces with names that make key spelling hard; returns those that could be made. */
function makeInterfaces(names) {
  return names.filter((name) =>
    ['dummy', 'bridge', 'veth'].some((type) => {
      const made = spawnSync('ip', ['link', 'add', 'name', name, 'type', type]);
      return made.status === 0;
    }),
  );
}

const DIRECTORIES = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'];
const STORE = '/etc/tune-store';
const CREDENTIALS = '/run/tune-credentials';

function layOut({ directories, sysctlConf, credential }) {
  for (const path of [...DIRECTORIES, STORE, CREDENTIALS]) {
    fs.rmSync(at(path), { recursive: true, force: true, maxRetries: 0 });
    fs.mkdirSync(at(path), { recursive: true });
  }
  fs.rmSync(at('/etc/sysctl.conf'), { recursive: true, force: true });
  let stored = 0;
  const lay = (path, entry) => {
    const target = entry.target ?? `${STORE}/${stored++}`;
    if (entry.kind === 'file') fs.writeFileSync(at(path), Buffer.from(entry.bytes, 'base64'));
    else if (entry.kind === 'directory') fs.mkdirSync(at(path));
    else {
      if (entry.kind === 'symlink') fs.writeFileSync(at(target), Buffer.from(entry.bytes, 'base64'));
      fs.symlinkSync(entry.kind === 'loop' ? path : target, at(path));
    }
  };
  for (const { path, entries } of directories)
    for (const entry of entries) lay(`${path}/${entry.name}`, entry);
  if (sysctlConf) lay('/etc/sysctl.conf', sysctlConf);
  if (credential) lay(`${CREDENTIALS}/sysctl.extra`, credential);
}

/** usr/lib/sysctl.d is a mount point and cannot be removed: empty it instead. */
const removed = fs.rmSync;
fs.rmSync = (path, options) => {
  if (path !== at('/usr/lib/sysctl.d')) return removed(path, options);
  for (const name of fs.readdirSync(path)) removed(`${path}/${name}`, options);
};

const buffer = Buffer.alloc(1 << 19);

/** One read(2) each; only the list of ports is long, and the kernel allocates as much as is asked for. */
function readKeys(paths) {
  return paths.map((path) => {
    const fd = fs.openSync(`/proc/sys/${path}`, 'r');
    const length = fs.readSync(fd, buffer, 0, path.endsWith('_ports') ? buffer.length : 4096);
    fs.closeSync(fd);
    return buffer.toString('utf8', 0, length).trim();
  });
}

const PROGRAMS = {
  systemd: ['/lib/systemd/systemd-sysctl'],
  procps: ['/sbin/sysctl', '--system'],
};

function runLoader(name, hasCredential) {
  const [program, ...args] = PROGRAMS[name];
  const command = root === '' ? [program, ...args] : ['/usr/sbin/chroot', root, program, ...args];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', SYSTEMD_LOG_TARGET: 'console' };
  if (hasCredential) env.CREDENTIALS_DIRECTORY = CREDENTIALS;
  const done = spawnSync(command[0], command.slice(1), { env, timeout: 20_000, maxBuffer: 1 << 26 });
  return { status: done.status, signal: done.signal, stderr: done.stderr?.toString('utf8') ?? '' };
}

const HANDLERS = {
  hello: ({ interfaces }) => ({ interfaces: makeInterfaces(interfaces) }),
  modes: ({ paths }) => ({ modes: paths.map((p) => fs.statSync(`/proc/sys/${p}`).mode & 0o777) }),
  list: ({ path }) => ({ names: fs.readdirSync(`/proc/sys/${path}`) }),
  version: ({ loader }) => {
    const [program] = PROGRAMS[loader];
    const command = root === '' ? [program] : ['/usr/sbin/chroot', root, program];
    return {
      version: execFileSync(command[0], [...command.slice(1), '--version'])
        .toString()
        .split('\n')[0],
    };
  },
  tree: ({ loader, tree, reset, watch }) => {
    layOut(tree);
    fs.writeFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', '0\n');
    for (const [path, text] of reset) fs.writeFileSync(`/proc/sys/${path}`, `${text}\n`);
    return { ...runLoader(loader, tree.credential !== null), values: readKeys(watch) };
  },
};

isolate(root, ['/run', '/usr/local/lib', '/usr/lib/sysctl.d']);
run('ip', 'link', 'set', 'lo', 'up');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { ask, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = HANDLERS[ask](request);
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
