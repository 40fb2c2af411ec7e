/**
 * Runs programs in a private mount namespace, so that no mount outlives its program and none is ever seen by the
 * host, and with a parent-death signal, so that a program never outlives this process.
 */
import { spawn } from 'node:child_process';

/** argv that runs the shell text `script`, with `args` as $1…, among mounts of its own. */
export function withPrivateMounts(script, args) {
  return [
    ...['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private'],
    ...['sh', '-euc', script, 'sh', ...args],
  ];
}

/** argv that runs a program inside `root` with the kernel's file systems there. */
export function inChroot(root, argv) {
  const script = `root=$1; shift
    mount --bind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    exec chroot "$root" "$@"`;
  return withPrivateMounts(script, [root, ...argv]);
}

/** Environment of everything that builds: predictable language, paths and no questions. */
export const BUILD_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** Runs argv to its end. Rejects with the last lines of its output when it fails or takes too long. */
export function run(argv, { timeoutSeconds = 900, env = {}, log = () => {} } = {}) {
  const [file, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { ...BUILD_ENV, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
    });
    let tail = '';
    const keep = (chunk) => {
      log(chunk);
      tail = (tail + chunk).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const how = signal === null ? `exit code ${code}` : `${signal} (limit ${timeoutSeconds} s)`;
      reject(new Error(`${argv.join(' ')}\nfailed with ${how}; its last output:\n${tail}`));
    });
  });
}
