/**
 * Runs inside a private mount namespace: writes trees of limits files and opens real PAM sessions. Argument 1: the
 * root to run in; argument 2: the compiled pam-session.c; argument 3: a pam_limits.so, if not the system's own.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import readline from 'node:readline';
import { isolate } from './isolate.mjs';

const root = process.argv[2] === '/' ? '' : process.argv[2];
const at = (path) => `${root}${path}`;
const LIMITS_D = '/etc/security/limits.d';

isolate(root, ['/run']);
fs.copyFileSync(process.argv[3], at('/run/pam-session'));
fs.chmodSync(at('/run/pam-session'), 0o755);
const module = process.argv[4] ? '/run/pam_limits.so' : 'pam_limits.so';
if (process.argv[4]) fs.copyFileSync(process.argv[4], at(module));
fs.writeFileSync(at('/etc/pam.d/tune-test'), `session required ${module}\n`);

const program = '/run/pam-session';
const command = root === '' ? [program] : ['/usr/sbin/chroot', root, program];
const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();

function lay(path, entry) {
  const target = entry.kind === 'loop' ? path : (entry.target ?? '/etc/tune-store');
  if (entry.kind === 'file') fs.writeFileSync(at(path), Buffer.from(entry.bytes, 'base64'));
  else if (entry.kind === 'directory') fs.mkdirSync(at(path));
  else {
    if (entry.kind === 'symlink')
      fs.writeFileSync(at(`/etc/store-${entry.name}`), Buffer.from(entry.bytes, 'base64'));
    fs.symlinkSync(entry.kind === 'symlink' ? `/etc/store-${entry.name}` : target, at(path));
  }
}

/** A limit of 0 seconds of CPU kills a session that meets a clock tick: then it is opened again. */
async function open(user) {
  let answer = '';
  for (let tries = 0; tries < 10 && !/^\d/.test(answer); tries++) {
    child.stdin.write(`${user}\n`);
    answer = (await answers.next()).value;
  }
  return answer;
}

const HANDLERS = {
  users: ({ passwd, group }) => {
    fs.writeFileSync(at('/etc/passwd'), passwd);
    fs.writeFileSync(at('/etc/group'), group);
    fs.writeFileSync(at('/etc/nsswitch.conf'), 'passwd: files\ngroup: files\n');
    return {
      init: fs.readFileSync('/proc/1/limits', 'utf8'),
      own: fs.readFileSync('/proc/self/limits', 'utf8'),
      status: fs.readFileSync('/proc/self/status', 'utf8'),
      nrOpen: fs.readFileSync('/proc/sys/fs/nr_open', 'utf8').trim(),
      debian: fs.readFileSync(at('/etc/debian_version'), 'utf8').trim(),
    };
  },
  tree: async ({ main, dropIns, users }) => {
    for (const path of [LIMITS_D, '/etc/security/limits.conf'])
      fs.rmSync(at(path), { recursive: true, force: true });
    fs.mkdirSync(at(LIMITS_D));
    if (main) lay('/etc/security/limits.conf', main);
    for (const entry of dropIns) lay(`${LIMITS_D}/${entry.name}`, entry);
    const sessions = [];
    for (const user of users) sessions.push(await open(user));
    return { sessions };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { ask, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = await HANDLERS[ask](request);
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
child.stdin.end();
