/**
 * Holds the catalogue's bounds against the running kernel: in a scratch network namespace the ends of the range
 * are accepted and read back, and one beyond each end is refused. The host's own values are never written.
 */
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Tunable } from '../../src/model/tunable.ts';
import { parseValue } from '../../src/model/value.ts';
import { TUNABLES } from '../../src/tunables/index.ts';

type End = 'min' | 'max';

interface Write {
  readonly text: string;
  readonly errno: string | null;
  readonly readBack: string;
}

interface Job {
  readonly key: string;
  readonly reach: string;
  readonly prepare: readonly (readonly [string, string])[];
  readonly texts: readonly string[];
}

const HELPER = new URL('write-sysctls.mjs', import.meta.url).pathname;
const INT_MAX = 2147483647n;

/** Seconds that a kernel stores as jiffies in an int, for every HZ that distributions build with. */
const JIFFIES = [100n, 250n, 300n, 1000n].map((hz) => INT_MAX / hz);
const byHz = {
  reason:
    'stored as jiffies in an int, so the ends are ±INT_MAX / HZ, and HZ is a choice of who built the kernel',
  min: JIFFIES.map((seconds) => -seconds),
  max: JIFFIES,
};

/** Keys whose ends differ between kernels: on any one kernel exactly one of the candidates must be the end. */
const DIFFERS: Readonly<Record<string, { reason: string; min?: bigint[]; max?: bigint[] }>> = {
  'net.ipv4.tcp_rmem': {
    reason: 'a minimum of 4096 came to mainline and some stable releases; 6.18 still takes 1',
    min: [1n, 4096n],
  },
  'net.ipv4.tcp_fin_timeout': byHz,
  'net.ipv4.tcp_keepalive_time': byHz,
  'net.ipv4.tcp_keepalive_intvl': byHz,
  'net.netfilter.nf_conntrack_tcp_timeout_established': byHz,
  'net.core.somaxconn': { reason: 'kernels 3.11 to 4.19 stop at 65535', max: [INT_MAX, 65535n] },
};

/** What has to be written first, because the kernel also checks a key against another one. */
const PREPARE: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'net.ipv4.ip_unprivileged_port_start': [['net.ipv4.ip_local_port_range', '65535 65535']],
  'net.ipv4.ip_local_port_range': [['net.ipv4.ip_unprivileged_port_start', '0']],
};

const subjects = TUNABLES.filter(
  (t) => t.reach === 'per-namespace' && t.access === 'read-write' && t.shape.kind !== 'word',
);

/** The candidates for one end of the range; none when the kernel does not bound it. */
function candidates(tunable: Tunable, end: End): readonly bigint[] {
  const bound = tunable.bounds[end];
  return bound === null ? [] : (DIFFERS[tunable.key]?.[end] ?? [bound]);
}

const beyond = (bound: bigint, end: End): bigint => (end === 'min' ? bound - 1n : bound + 1n);

/** The text that puts `n` to the test at this end, with everything else in it acceptable. */
function textFor({ shape }: Tunable, n: bigint, end: End): string {
  if (shape.kind === 'tuple') return shape.fields.map(() => n).join(' ');
  if (shape.kind === 'portRange') return end === 'min' ? `${n} 65535` : `1 ${n}`;
  return n.toString();
}

function textsFor(tunable: Tunable): string[] {
  const ends: readonly End[] = ['min', 'max'];
  return ends.flatMap((end) =>
    candidates(tunable, end).flatMap((n) => [
      textFor(tunable, n, end),
      textFor(tunable, beyond(n, end), end),
    ]),
  );
}

const runHelper = (command: readonly string[], parent: string, jobs: readonly Job[]) => {
  const [program = '', ...before] = [...command, process.execPath, HELPER, parent, JSON.stringify(jobs)];
  return spawnSync(program, before, { encoding: 'utf8' });
};

const here = readlinkSync('/proc/self/ns/net');

function reasonToSkip(): string | null {
  if (process.getuid?.() !== 0) return 'not root, so no network namespace can be made';
  const probe = spawnSync('unshare', ['-n', 'true']);
  return probe.status === 0 ? null : 'unshare -n does not work here';
}

const skipped = reasonToSkip();
if (skipped !== null) console.warn(`bounds against the kernel: skipped, ${skipped}`);
const testInNamespace = skipped === null ? test : test.skip;

describe('the helper', () => {
  test('writes nothing in the namespace it was started from', () => {
    const result = runHelper([], here, []);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('not in a network namespace of its own');
  });

  testInNamespace.each([
    ['vm.swappiness', 'per-namespace', 'only net.* keys'],
    ['net.ipv4.tcp_mem', 'absent-in-child', 'not per-namespace'],
  ])('refuses %s with reach %s', (key, reach, why) => {
    const result = runHelper(['unshare', '-n'], here, [{ key, reach, prepare: [], texts: [] }]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(why);
    expect(result.stdout).toBe('');
  });
});

describe('bounds against the kernel', () => {
  test('there is something to test, and every exception is about a key of the catalogue', () => {
    expect(subjects.length).toBeGreaterThan(20);
    const keys = TUNABLES.map((t) => t.key);
    expect(keys).toEqual(expect.arrayContaining(Object.keys({ ...DIFFERS, ...PREPARE })));
  });

  test.each(subjects.map((t) => [t.key, t] as const))(
    '%s: its bounds are among the candidates',
    (_, tunable) => {
      for (const end of ['min', 'max'] as const) {
        const bound = tunable.bounds[end];
        if (bound !== null) expect(candidates(tunable, end)).toContain(bound);
      }
    },
  );

  const reports = new Map<string, { present: boolean; writes: readonly Write[] }>();
  if (skipped === null) {
    const jobs = subjects.map((t) => ({
      key: t.key,
      reach: t.reach,
      prepare: PREPARE[t.key] ?? [],
      texts: textsFor(t),
    }));
    const result = runHelper(['unshare', '-n'], here, jobs);
    if (result.status !== 0) throw new Error(`the helper failed: ${result.stderr}`);
    for (const { key, ...report } of JSON.parse(result.stdout)) reports.set(key, report);
    const absent = [...reports].filter(([, report]) => !report.present).map(([key]) => key);
    if (absent.length > 0) console.warn(`not in this kernel, so not tested: ${absent.join(', ')}`);
  }

  testInNamespace('this kernel has most of the keys', () => {
    const present = [...reports.values()].filter((report) => report.present);
    expect(present.length).toBeGreaterThan(20);
  });

  testInNamespace.each(subjects.map((t) => [t.key, t] as const))('%s', (key, tunable) => {
    const report = reports.get(key);
    if (report === undefined) throw new Error('the helper did not report it');
    if (!report.present) return;
    const outcome = (text: string) => report.writes.find((write) => write.text === text);
    for (const end of ['min', 'max'] as const) {
      const real = candidates(tunable, end).filter(
        (n) =>
          outcome(textFor(tunable, n, end))?.errno === null &&
          outcome(textFor(tunable, beyond(n, end), end))?.errno === 'EINVAL',
      );
      expect(real).toHaveLength(tunable.bounds[end] === null ? 0 : 1);
    }
    for (const write of report.writes.filter((w) => w.errno === null)) {
      expect(parseValue(tunable.shape, write.readBack)).toEqual(parseValue(tunable.shape, write.text));
    }
  });
});
