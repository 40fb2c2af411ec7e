import { describe, expect, test } from '@jest/globals';
import { integer } from '../../src/model/value.ts';
import { OURS, SYSCTL } from './read-plan.ts';
import { planOf, profileWith, refusalsOf } from './support.ts';

describe('a later file', () => {
  const profile = profileWith({ 'net.core.somaxconn': 'atLeast: 8192' });
  const facts = { 'net.core.somaxconn': '128' };
  const later = (file: string, value = 128, loaders: 'boot' | 'by-hand' | 'both' = 'both') => ({
    outcomes: {
      'net.core.somaxconn': {
        value: integer(value),
        winner: { file, line: 3 },
        later: [{ file, line: 3, value: integer(value), loaders }],
      },
    },
  });

  test('that would win is refused by name', () => {
    const [refusal] = refusalsOf({ profile, facts, boot: later('/usr/lib/sysctl.d/zzz.conf') });
    expect(refusal).toMatchObject({ code: 'later-file-wins', subject: 'net.core.somaxconn' });
    expect(refusal?.what).toContain('/usr/lib/sysctl.d/zzz.conf:3 says 128');
  });

  test('is beaten by a name that sorts after it, with --outrank, and that is said', () => {
    const plan = planOf({
      profile,
      facts,
      boot: later('/usr/lib/sysctl.d/zzz.conf'),
      options: { outrank: true },
    });
    expect(plan.files.map(({ path }) => path)).toEqual(['/etc/sysctl.d/zzzz-tune.conf']);
    expect(plan.beaten).toEqual([
      { key: 'net.core.somaxconn', file: '/usr/lib/sysctl.d/zzz.conf', line: 3, how: 'outranked' },
    ]);
  });

  test('keeps the name that it needed once, and needs no --outrank again', () => {
    const path = '/etc/sysctl.d/zzzz-tune.conf';
    const plan = planOf({
      profile,
      facts,
      existing: { [path]: OURS },
      boot: later('/usr/lib/sysctl.d/zzz.conf'),
    });
    expect(plan.files.map((f) => f.path)).toEqual([path]);
  });

  test('moves the old file away when the name must change', () => {
    const plan = planOf({
      profile,
      facts,
      existing: { [SYSCTL]: OURS },
      boot: later('/usr/lib/sysctl.d/zzz.conf'),
      options: { outrank: true },
    });
    expect(plan.files.map(({ path, after }) => [path, after === null])).toEqual([
      ['/etc/sysctl.d/zzzz-tune.conf', false],
      [SYSCTL, true],
    ]);
  });

  test('that agrees does not matter', () => {
    const plan = planOf({
      profile,
      facts,
      boot: later('/usr/lib/sysctl.d/zzz.conf', 9000),
      options: { pin: true },
    });
    expect(plan.files.map(({ path }) => path)).toEqual([SYSCTL]);
  });

  test('/etc/sysctl.conf wins only by hand: accepted with --outrank, refused without', () => {
    const boot = later('/etc/sysctl.conf', 128, 'by-hand');
    expect(refusalsOf({ profile, facts, boot })[0]?.what).toContain('whenever `sysctl --system` is run');
    const plan = planOf({ profile, facts, boot, options: { outrank: true } });
    expect(plan.beaten[0]).toMatchObject({ file: '/etc/sysctl.conf', how: 'wins-by-hand' });
  });

  test('/etc/sysctl.conf read at boot cannot be beaten by any name', () => {
    const [refusal] = refusalsOf({
      profile,
      facts,
      boot: later('/etc/sysctl.conf', 128, 'both'),
      options: { outrank: true },
    });
    expect(refusal?.code).toBe('cannot-outrank');
  });
});
