/** The state of a guest that an apply could touch, so that two moments can be compared value for value, byte for byte. */
import type { Machine } from './machine.ts';

/** Subject (`/proc/sys/…`, `/etc/…`, `/etc/… sha256`) → what it holds. */
export type Fingerprint = ReadonlyMap<string, string>;

interface Exclusion {
  readonly pattern: RegExp;
  readonly why: string;
}

/** What differs between any two moments of a host on which nobody changes anything. Nothing else is left out. */
export const UNSTABLE: readonly Exclusion[] = [
  {
    pattern: /^\/proc\/sys\/kernel\/random\/(?!.*(threshold|min_reseed))/,
    why: 'fresh random numbers, ids and their pool',
  },
  {
    pattern: /^\/proc\/sys\/fs\/(dentry-state|file-nr|inode-nr|inode-state|aio-nr)$/,
    why: 'counters of what is in use',
  },
  { pattern: /^\/proc\/sys\/fs\/quota\/(?!warnings)/, why: 'counters of calls of sync(2) and the like' },
  {
    pattern: /^\/proc\/sys\/kernel\/(ns_last_pid|pty\/nr)$/,
    why: 'the last process id, the terminals in use',
  },
  {
    pattern: /^\/proc\/sys\/vm\/(user|admin)_reserve_kbytes$/,
    why: 'worked out at boot from the memory that is free at that moment',
  },
  {
    pattern: /^\/proc\/sys\/dev\/scsi\//,
    why: 'there or not, as udev loads the module for the drives it finds in time',
  },
  { pattern: /^\/proc\/sys\/net\/netfilter\/nf_conntrack_count$/, why: 'a counter of tracked connections' },
  { pattern: /^\/var\/lib\/tune(\/|$| )/, why: "tune's own record of what it did" },
  {
    pattern: /^\/var\/lib\/systemd\/(random-seed|timers\/stamp-[\w.-]+|timesync\/clock) sha256$/,
    why: 'a new seed, and the times at which timers ran',
  },
];

/** Tells the two boots apart; kept, and no difference by itself. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Worked out at each boot from the pages that are free then: another boot of the same machine may find a few more. */
const OF_THE_BOOT = /^\/proc\/sys\/net\/ipv4\/(tcp|udp)_mem$/;
const BOOTS_APART = 0.001;

/** Everything, less what is unstable. About ten seconds in the guest. */
export async function fingerprint(machine: Machine): Promise<Fingerprint> {
  const output = await machine.check('bash /payload/fingerprint.sh', { timeoutSeconds: 180 });
  const entries = parse(output).filter(
    ([subject]) => subject === BOOT_ID || !UNSTABLE.some(({ pattern }) => pattern.test(subject)),
  );
  return new Map(entries);
}

/** Every readable value below /proc/sys by its path there, blanks as single spaces; no exclusions. */
export async function kernelValues(machine: Machine): Promise<ReadonlyMap<string, string>> {
  const output = await machine.check('bash /payload/fingerprint.sh keys', { timeoutSeconds: 120 });
  return new Map(
    parse(output).map(([path, text]) => [
      path.slice('/proc/sys/'.length),
      text
        .replace(/\\x(09|0a)/g, ' ')
        .replace(/\\x5c/g, '\\')
        .trim()
        .replace(/\s+/g, ' '),
    ]),
  );
}

function parse(output: string): [string, string][] {
  return output.split('\n').map((line) => {
    const [kind = '', path = '', ...rest] = line.split('\t');
    if (!['key', 'file', 'bytes'].includes(kind)) throw new Error(`not a line of a fingerprint: ${line}`);
    return [kind === 'bytes' ? `${path} sha256` : path, rest.join(' ')];
  });
}

/** One line for each subject that differs, is new or has gone; empty when both are the same. */
export function differences(before: Fingerprint, after: Fingerprint): readonly string[] {
  const subjects = [...new Set([...before.keys(), ...after.keys()])].filter((one) => one !== BOOT_ID).sort();
  const isOtherBoot = before.get(BOOT_ID) !== after.get(BOOT_ID);
  return subjects.flatMap((subject) => {
    const [was, is] = [before.get(subject), after.get(subject)];
    const isOfBoot = isOtherBoot && OF_THE_BOOT.test(subject);
    return was === is || (isOfBoot && areNear(was, is))
      ? []
      : [`${subject}: ${was ?? '(absent)'} -> ${is ?? '(absent)'}`];
  });
}

/** Numbers that are each as good as the same; blanks are `\\x09` here. */
function areNear(was = '', is = ''): boolean {
  const [a, b] = [was, is].map((text) =>
    text
      .split(/\\x0[9a]| /)
      .filter(Boolean)
      .map(Number),
  );
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  return a.every((n, i) => Math.abs(n - (b[i] ?? 0)) <= BOOTS_APART * n);
}
