import { describe, expect, test } from '@jest/globals';
import { ofTrial, ofVerification } from '../../scripts/proofs/distil.ts';
import type { SoakReport } from '../../src/model/soak.ts';
import type { Trial, TrialReport } from '../../src/model/trial.ts';
import type { VerifyReport } from '../../src/model/verify.ts';
import { SOAK } from './examples.ts';

const trial = (...soaks: readonly SoakReport[]) =>
  ({ trials: soaks.map((soak) => ({ soak }) as Trial) }) as unknown as TrialReport;
const verification = (parts: object) =>
  ({
    reboot: 'rebooted',
    settings: ['held', 'held', 'not-applied', 'lost', 'will-be-lost', 'not-applicable'].map((state) => ({
      state,
    })),
    soak: { state: 'ran', report: SOAK, shortened: null, memory: null },
    verdict: { state: 'passed', reasons: [] },
    ...parts,
  }) as unknown as VerifyReport;
const BLAME = {
  ...{ code: 'process-files', limit: 'open files per process', key: 'limit.nofile.hard', current: '1024' },
  ...{ needed: '2000', evidence: ['accept4: EMFILE × 12 in a server process'] },
} as const;

describe('what is kept of a report', () => {
  test('of a trial: its soak, the kernel’s own count, the least that was free, and its last sweep', () => {
    expect(ofTrial(trial(SOAK))).toEqual({
      verdict: { state: 'passed', why: null },
      survival: null,
      soak: {
        ...{ workload: 'idle', mode: 'spread', servers: 2, clients: 3, held: 1000 },
        ...{ connectsPerSecond: 34_295, echoesPerSecond: 74_102, kernelBytesPerConnection: 7_913.5 },
        ...{ processBytesPerConnection: 45.1, resident: 62_025_728, leastFree: 300 },
        ...{ sockets: 2002, countsAgree: true, figure: '1,000 of 1,000 answered a sweep in 0.1 s' },
      },
    });
  });

  test('two trials are not one', () => {
    expect(() => ofTrial(trial(SOAK, SOAK))).toThrow('not 2');
    expect(() => ofTrial(trial())).toThrow('not 0');
  });

  test('a workload speaks for itself', () => {
    const workload = {
      ...{
        name: 'broadcast',
        durationMs: 20_000,
        end: 'done',
        connections: 1000,
        completed: 999,
        delivered: 999,
      },
      ...{ messageBytes: 4096, megabytesPerSecond: 110, sendMs: 9000, peak: { queuedBytes: 1, timeWait: 0 } },
    };
    const { soak } = ofTrial(trial({ ...SOAK, workload } as unknown as SoakReport));
    expect(soak?.figure).toBe(
      'a message to all: 999 of 1,000 connections in 20.0 s; 999 messages of 4,096 B, 110 MB/s; all written after 9.0 s',
    );
  });

  test('one that did not come through its workload tells how far it came', () => {
    const workload = {
      ...{
        name: 'reconnect',
        durationMs: 90_000,
        end: 'stalled',
        connections: 500,
        completed: 400,
        closed: 500,
      },
      ...{ closeMs: 10, reopened: 400, reconnectMs: 80_000, connectsPerSecond: 5, latency: { samples: 0 } },
      ...{ timeWait: 500, timeWaitReused: 1, timeWaitSkipped: 0, portsMissing: 9, peak: { queuedBytes: 0 } },
    };
    const verdict = { state: 'failed', reason: 'workload-incomplete', blame: null };
    expect(ofTrial(trial({ ...SOAK, workload, verdict } as unknown as SoakReport)).verdict.why).toMatch(
      /^workload-incomplete; .*400 of 500 connections in 90\.0 s; nothing moved any more; .*9 connect/,
    );
  });

  test('a soak that failed names its limit and the evidence; one that was never swept says so', () => {
    const report = {
      ...SOAK,
      verdict: { state: 'failed', reason: 'limit', blame: BLAME },
      sweeps: [],
      timeline: [],
    };
    expect(ofTrial(trial(report as unknown as SoakReport))).toMatchObject({
      verdict: {
        state: 'failed',
        why: 'limit; open files per process (limit.nofile.hard = 1024): accept4: EMFILE × 12 in a server process',
      },
      soak: { figure: 'not swept', leastFree: null },
    });
  });

  test('of a verification: its own verdict, and what survived', () => {
    expect(ofVerification(verification({}))).toMatchObject({
      verdict: { state: 'passed', why: null },
      survival: { rebooted: true, held: 2, left: 1, lost: 2 },
      soak: { held: 1000 },
    });
  });

  test.each([
    [
      'a setting that was lost although the soak passed',
      { verdict: { state: 'failed', reasons: ['setting-lost'] }, reboot: 'unknown' },
      { verdict: { state: 'failed', why: 'setting-lost' }, survival: { rebooted: false } },
    ],
    [
      'memory that came to its floor',
      {
        verdict: { state: 'inconclusive', reasons: ['soak-inconclusive'] },
        soak: {
          state: 'ran',
          report: {
            ...SOAK,
            held: 900,
            verdict: { state: 'inconclusive', reason: 'memory-floor', blame: null },
          },
        },
      },
      {
        verdict: {
          state: 'inconclusive',
          why: 'soak-inconclusive: the machine’s free memory came to the floor, and the ramp was stopped in time',
        },
        soak: { held: 900 },
      },
    ],
    [
      'a soak that could not begin',
      {
        verdict: { state: 'inconclusive', reasons: ['soak-impossible'] },
        soak: { state: 'impossible', why: 'not enough memory: 2 > 1' },
      },
      { verdict: { state: 'inconclusive', why: 'soak-impossible: not enough memory: 2 > 1' }, soak: null },
    ],
  ])('%s', (_, parts, wanted) => {
    expect(ofVerification(verification(parts))).toMatchObject(wanted);
  });
});
