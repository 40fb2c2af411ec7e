/**
 * Records what plain Debian machines really hold, as material for fixtures: `node scripts/vm/capture-raw.mjs`.
 * Boots each image once, and writes raw-debian12.json and raw-debian13.json into the image cache:
 *   {about, paths: {PATH: {kind, mode, uid, gid, size} and one of text | names | link | errno}, programs: {ARGV: text}}
 * A path that is not there has only `errno`. Files are read by root logged in on the console, so the limits, the
 * cgroup and the namespaces are those of a login session. /proc/sys files are one read of at most 64 KiB.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTypeScript } from './load-typescript.mjs';
import { GUEST_FILES } from './recipe.mjs';

const SYSCTL_FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map(
  (folder) => `${folder}/sysctl.d`,
);
const SYSTEMD_FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].flatMap((folder) =>
  ['system.conf', 'system.conf.d', 'user.conf', 'user.conf.d'].map((name) => `${folder}/systemd/${name}`),
);
const MODULE_FOLDERS = ['/etc', '/run', '/usr/lib'].map((folder) => `${folder}/modules-load.d`);
const NAMESPACES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];
const CGROUP_FILES = ['cgroup.controllers', 'memory.high', 'memory.max', 'pids.current', 'pids.max'];

/** First what looking elsewhere could change: the mounts. */
const FILES = [
  ...['mountinfo', 'cgroup', 'limits', 'status'].map((name) => `/proc/self/${name}`),
  ...['comm', 'cgroup', 'environ', 'limits'].map((name) => `/proc/1/${name}`),
  ...NAMESPACES.map((name) => `/proc/self/ns/${name}`),
  ...NAMESPACES.map((name) => `/proc/1/ns/${name}`),
  ...['meminfo', 'version', 'cmdline', 'slabinfo', 'modules', 'stat', 'vz', 'bc'].map(
    (name) => `/proc/${name}`,
  ),
  ...['tcp', 'tcp6', 'udp', 'udp6', 'sockstat', 'sockstat6', 'netstat', 'snmp'].map(
    (name) => `/proc/net/${name}`,
  ),
  ...['/lib', '/etc/os-release', '/usr/lib/os-release', '/etc/debian_version', '/etc/sysctl.conf'],
  ...[
    '/etc/modules',
    '/etc/passwd',
    '/etc/group',
    '/etc/pam.conf',
    '/run/.containerenv',
    '/run/systemd/container',
  ],
  ...['/sys/devices/system/cpu/online', '/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'],
];
const TREES = [
  ...[
    '/proc/sys',
    ...SYSCTL_FOLDERS,
    '/etc/security',
    ...SYSTEMD_FOLDERS,
    ...MODULE_FOLDERS,
    '/etc/pam.d',
    '/usr/lib/pam.d',
  ],
  ...['/usr/lib/systemd/system/systemd-sysctl.service', '/usr/lib/systemd/system/user@.service'],
];
const PROGRAMS = ['ss -Hltn'];

const ANSWERS = {
  text: (hex) => Buffer.from(hex, 'hex').toString(),
  link: (hex) => Buffer.from(hex, 'hex').toString(),
  names: (hex) => (hex === '' ? [] : Buffer.from(hex, 'hex').toString().split('\0')),
  errno: (name) => name,
};

function parseRecord(line) {
  const [path, kind, mode, uid, gid, size, answer] = line.split('\t');
  const colon = answer.indexOf(':');
  const name = answer.slice(0, colon);
  const found = { [name]: ANSWERS[name](answer.slice(colon + 1)) };
  if (kind === '-') return [path, found];
  return [
    path,
    {
      kind,
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
      ...found,
    },
  ];
}

/** What a login of root reads; the recording is fetched as a file, because a terminal mangles long output. */
async function capture(machine) {
  const lines = [
    ...FILES.map((path) => `file ${path}`),
    ...CGROUP_FILES.map((name) => `cgroup ${name}`),
    ...TREES.map((path) => `tree ${path}`),
  ];
  const recorder = readFileSync(join(GUEST_FILES, 'capture-raw.pl'), 'utf8');
  await machine.writeFile('/run/recorder', `${recorder}__DATA__\n${lines.join('\n')}\n`);
  const command = 'perl /run/recorder >/run/recording && echo recorded';
  const answer = await machine.console.runInLogin('root', command, 300);
  if (answer.trim() !== 'recorded') throw new Error(`the recorder failed: ${answer}`);
  const recording = (await machine.readFile('/run/recording')).toString();
  const programs = {};
  for (const program of PROGRAMS) programs[program] = await machine.check(program);
  return { paths: Object.fromEntries(recording.trimEnd().split('\n').map(parseRecord)), programs };
}

const { Machine } = await loadTypeScript('test/vm/machine.ts');
const { ensureImages, IMAGE_NAMES } = await loadTypeScript('test/vm/images.ts');
const images = await ensureImages();
const hardware = { memoryMiB: 2048, cpus: 2 };
for (const name of IMAGE_NAMES) {
  const machine = await Machine.create(images[name], hardware);
  try {
    const raw = {
      about: { image: name, ...hardware, readAs: 'root, logged in on ttyS0' },
      ...(await capture(machine)),
    };
    const target = join(images[name].cache, `raw-${name}.json`);
    writeFileSync(target, `${JSON.stringify(raw, null, 1)}\n`);
    process.stderr.write(`vm: ${Object.keys(raw.paths).length} paths of ${name} in ${target}\n`);
  } finally {
    await machine.dispose();
  }
}
