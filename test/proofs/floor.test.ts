/**
 * What an attempt at the edge of this machine relies on: the soak stops by itself when the machine's memory comes to the
 * floor. The machine's memory is made to look small; what open sockets pin of it is their real number.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { removeDriver, report, run, whyNoNamespace } from '../soak/harness.ts';

const KIB = 1024;
const FLOOR = 128 * 2 ** 20;
/** More than one open socket pins: its inode and dentry, which MemAvailable counts as reclaimable. */
const MOST_PINNED = 2000;
const GOAL = 15_000;
const TIMEOUT_MS = 90_000;

const meminfo = (available: number) =>
  [
    `MemTotal: ${2 ** 20} kB`,
    `MemFree: ${available / KIB} kB`,
    `MemAvailable: ${available / KIB} kB`,
    'Slab: 0 kB',
    '',
  ].join('\n');
const request = { goal: GOAL, mode: 'spread', namespace: true } as const;

const blocked = whyNoNamespace();
if (blocked !== null) console.log(`skipped: the floor of the machine's memory: ${blocked}`);
const withNamespace = blocked === null ? describe : describe.skip;

withNamespace('the floor of the machine’s memory', () => {
  afterAll(removeDriver);

  test(
    'stops the ramp, names RAM, and lets every connection that is open finish',
    async () => {
      const spare = 8 * 2 ** 20;
      const pretend = { '/proc/meminfo': meminfo(FLOOR + spare) };
      const { verdict, connects, held, lostWorkers, plan } = await report({
        request: { ...request, force: true, window: 1 },
        pretend,
        isAlone: true,
      });
      expect(plan.memory.floor).toBe(FLOOR);
      expect(verdict).toMatchObject({
        ...{ state: 'inconclusive', reason: 'memory-floor' },
        blame: { code: 'memory-machine', key: 'RAM' },
      });
      expect(connects.established).toBeGreaterThan(spare / MOST_PINNED / 2);
      expect(connects.established).toBeLessThan(GOAL);
      expect(held).toBe(connects.established);
      expect(lostWorkers).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'refuses by arithmetic what would come to it',
    async () => {
      const outcome = await run({
        request,
        pretend: { '/proc/meminfo': meminfo(FLOOR + GOAL * 4000) },
        isAlone: true,
      });
      expect(outcome).toMatchObject({ status: 2, report: null });
      expect(outcome.stderr).toContain(`not enough memory: ${GOAL} connections`);
    },
    TIMEOUT_MS,
  );
});
