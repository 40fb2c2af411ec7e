import { describe, expect, test } from '@jest/globals';
import type { SoakReport } from '../../src/model/soak.ts';
import type { SoakOutcome, VerifyReport } from '../../src/model/verify.ts';
import { verdictOf } from '../../src/verify/verdict.ts';

const ran = (state: SoakReport['verdict']['state'], shortened = false): SoakOutcome => ({
  state: 'ran',
  report: { verdict: { state } } as SoakReport,
  shortened: shortened ? { wanted: 2, arithmetic: '2 > 1' } : null,
  memory: null,
});
const GOOD: Parameters<typeof verdictOf>[0] = {
  applied: { ids: ['0001'], at: '', profile: 'c1m', goal: '1', unconfirmedUntil: null },
  ...{ reboot: 'rebooted', files: [], settings: [], sessions: [], profiles: [], isRoot: true },
  soak: ran('passed'),
};
const setting = (state: string) => [{ state }] as unknown as VerifyReport['settings'];
const session = (state: string) => [{ state }] as unknown as VerifyReport['sessions'];
const profile = (soak: SoakOutcome) => [{ profile: 'c2m', goal: 1, connections: 1, soak }];

describe('the verdict', () => {
  test('passed needs everything', () => {
    expect(verdictOf(GOOD)).toEqual({ state: 'passed', reasons: [] });
    expect(verdictOf({ ...GOOD, soak: { state: 'skipped' } })).toEqual({ state: 'passed', reasons: [] });
  });

  test.each([
    ['a file that was changed', { files: [{ path: 'x', state: 'changed' }] }, 'file-changed'],
    ['a setting that was lost', { settings: setting('lost') }, 'setting-lost'],
    ['a setting that the next boot takes', { settings: setting('will-be-lost') }, 'setting-lost'],
    ['a session below its limit', { sessions: session('lost') }, 'session-lost'],
    ['a session that is refused', { sessions: session('refused') }, 'session-lost'],
    ['a soak that failed', { soak: ran('failed') }, 'soak-failed'],
    ['one profile whose soak failed', { profiles: profile(ran('failed')) }, 'soak-failed'],
  ] as const)('%s fails it', (_, parts, reason) => {
    expect(verdictOf({ ...GOOD, ...parts } as typeof GOOD)).toEqual({ state: 'failed', reasons: [reason] });
  });

  test.each([
    ['no reboot since', { reboot: 'not-rebooted' }, 'not-rebooted'],
    ['an unknown boot', { reboot: 'unknown' }, 'reboot-unknown'],
    ['a setting that cannot be read', { settings: setting('unreadable') }, 'setting-unreadable'],
    ['a session that was not looked at', { sessions: session('unchecked') }, 'session-unchecked'],
    ['a soak without a result', { soak: ran('inconclusive') }, 'soak-inconclusive'],
    ['a goal beyond the memory', { soak: ran('passed', true) }, 'goal-does-not-fit'],
    ['a soak that could not begin', { soak: { state: 'impossible', why: '' } }, 'soak-impossible'],
    ['an ordinary user', { isRoot: false }, 'not-root'],
  ] as const)('%s leaves it open', (_, parts, reason) => {
    const verdict = verdictOf({ ...GOOD, ...parts } as typeof GOOD);
    expect(verdict).toEqual({ state: 'inconclusive', reasons: [reason] });
  });

  test('an apply that waits to be confirmed leaves it open', () => {
    const applied = { ...(GOOD.applied ?? never()), unconfirmedUntil: '2026-01-01T00:00:00Z' };
    expect(verdictOf({ ...GOOD, applied }).reasons).toEqual(['not-confirmed']);
  });

  test('a failure is not softened by what is open', () => {
    const verdict = verdictOf({ ...GOOD, reboot: 'unknown', settings: setting('lost') });
    expect(verdict).toEqual({ state: 'failed', reasons: ['setting-lost', 'reboot-unknown'] });
  });
});

function never(): never {
  throw new Error('not reached');
}
