import { describe, expect, test } from '@jest/globals';
import type { BootPrediction, SettingFinding } from '../../src/model/finding.ts';
import { integer } from '../../src/model/value.ts';
import type { FileCheck } from '../../src/model/verify.ts';
import { CATALOGUE } from '../../src/pipeline.ts';
import { appliedState } from '../../src/verify/applied.ts';
import { checkSettings } from '../../src/verify/settings.ts';
import { journal, knob, written } from './journals.ts';

const KEY = 'net.core.somaxconn';
const OURS = '/etc/sysctl.d/zz-tune.conf';
const VENDOR = '/usr/lib/sysctl.d/zzz-vendor.conf';
const applied = appliedState([
  journal('0001', {
    files: [written(OURS, `# Managed by tune\n${KEY} = 65535\n`)],
    knobs: [knob(KEY, '65535')],
  }),
]);
const AS_WRITTEN: FileCheck = { path: OURS, state: 'as-written' };

const boot = (value: bigint, parts: Partial<BootPrediction> = {}): BootPrediction => ({
  ...{ by: 'file', value: integer(value), at: { file: OURS, line: 2 } },
  ...{ manual: null, losing: [], later: [], lateModule: null },
  ...parts,
});
const byVendor = (value: bigint) => boot(value, { at: { file: VENDOR, line: 7 } });

const finding = (
  verdict: SettingFinding['verdict'],
  live: bigint | null,
  prediction: BootPrediction | null,
): SettingFinding => ({
  setting: {
    ...{ key: KEY, level: 'required', why: 'a test', when: null },
  } as unknown as SettingFinding['setting'],
  verdict,
  wanted: { kind: 'atLeast', value: integer(65535) },
  arithmetic: [],
  live: live === null ? null : integer(live),
  remedy: null,
  absent: null,
  boot: prediction,
  detail: null,
});

const check = (one: SettingFinding, file: FileCheck = AS_WRITTEN) =>
  checkSettings({
    ...{ findings: [one], applied, files: [file], tunables: CATALOGUE },
    live: () => one.live,
    predict: () => one.boot,
  })[0];

describe('with the profile', () => {
  test('a met setting is held, whatever exact value it has', () => {
    expect(check(finding('met', 70000n, boot(65535n)))).toMatchObject({
      ...{ state: 'held', applied: '65535', live: '70000', culprit: null },
    });
  });

  test.each([
    [
      'the vendor file that gives what is live',
      4096n,
      byVendor(4096n),
      AS_WRITTEN,
      { kind: 'line', at: { file: VENDOR, line: 7 } },
    ],
    [
      'our own file, when it is gone',
      4096n,
      boot(4096n, { by: 'default', at: null }),
      { path: OURS, state: 'gone' },
      { kind: 'our-file', path: OURS, state: 'gone' },
    ],
    [
      'our own file, when it was edited',
      128n,
      boot(128n),
      { path: OURS, state: 'changed' },
      { kind: 'our-file', path: OURS, state: 'changed' },
    ],
    [
      'the kernel command line',
      128n,
      boot(128n, { by: 'cmdline', at: null }),
      AS_WRITTEN,
      { kind: 'cmdline' },
    ],
    [
      'a module that came too late',
      128n,
      boot(65535n, { lateModule: 'nf_conntrack' }),
      AS_WRITTEN,
      { kind: 'late-module', module: 'nf_conntrack' },
    ],
    [
      'a program that is known to write it',
      128n,
      boot(65535n, { later: ['tuned', 'tuned', 'ufw'] }),
      AS_WRITTEN,
      { kind: 'later-writers', names: ['tuned', 'ufw'] },
    ],
    ['somebody unknown, when the files are right', 128n, boot(65535n), AS_WRITTEN, { kind: 'written-since' }],
  ] as const)('a lost one is blamed on %s', (_, live, prediction, file, culprit) => {
    const verdict =
      prediction.value?.kind === 'integer' && prediction.value.n >= 65535n ? 'pending' : 'unmet';
    expect(check(finding(verdict, live, prediction), file)).toMatchObject({ state: 'lost', culprit });
  });

  test('what is live now and taken by the next boot is not called held', () => {
    const expected = { state: 'will-be-lost', culprit: { kind: 'line', at: { file: VENDOR, line: 7 } } };
    expect(check(finding('lost-at-reboot', 65535n, byVendor(128n)))).toMatchObject(expected);
    expect(check(finding('shadowed', 65535n, byVendor(128n)))).toMatchObject(expected);
    expect(check(finding('shadowed', 128n, byVendor(128n)))).toMatchObject({ ...expected, state: 'lost' });
  });

  test('a key that tune never wrote says so', () => {
    const [one] = checkSettings({
      ...{ findings: [finding('unmet', 128n, null)], applied: null, files: [], tunables: CATALOGUE },
      ...{ live: () => integer(128), predict: () => null },
    });
    expect(one).toMatchObject({ state: 'lost', applied: null, culprit: { kind: 'never-applied' } });
  });

  test('the very value that was applied is held, though the machine’s memory makes the wanted one a page more now', () => {
    const one = finding('unmet', 65534n, boot(65534n));
    const state = appliedState([
      journal('0001', {
        files: [written(OURS, `# Managed by tune\n${KEY} = 65534\n`)],
        knobs: [knob(KEY, '65534')],
      }),
    ]);
    const of = (input: SettingFinding) =>
      checkSettings({
        ...{ findings: [input], applied: state, files: [AS_WRITTEN], tunables: CATALOGUE },
        ...{ live: () => input.live, predict: () => input.boot },
      })[0]?.state;
    expect(of(one)).toBe('held');
    expect(of(finding('unmet', 65533n, boot(65534n)))).toBe('lost');
    expect(of(finding('unmet', 65534n, byVendor(128n)))).not.toBe('held');
  });

  test('a recommended one that apply left alone was not lost; a required one was', () => {
    const other = appliedState([journal('0001', { knobs: [knob('net.ipv4.tcp_sack', '1')] })]);
    const one = finding('unmet', 128n, null);
    const of = (level: string, applied = other) =>
      checkSettings({
        ...{ findings: [{ ...one, setting: { ...one.setting, level } as typeof one.setting }], applied },
        ...{ files: [], tunables: CATALOGUE, live: () => integer(1), predict: () => null },
      }).find(({ key }) => key === KEY)?.state;
    expect(of('recommended')).toBe('not-applied');
    expect(of('required')).toBe('lost');
    // Nothing stands: then the profile alone is the measure.
    expect(of('recommended', null)).toBe('lost');
  });

  test('denied and unparsable are not known, and never held', () => {
    for (const verdict of ['denied', 'unparsable'] as const)
      expect(check(finding(verdict, null, null))?.state).toBe('unreadable');
    expect(check(finding('absent', null, null))?.state).toBe('lost');
  });

  test('limits of sessions are left to the sessions', () => {
    const one = finding('unmet', 1n, null);
    const limits = ['limit.nofile.hard', 'systemd.DefaultLimitNOFILE'].map((key) => ({
      ...one,
      setting: { ...one.setting, key },
    }));
    const result = checkSettings({
      ...{ findings: limits, applied: null, files: [], tunables: CATALOGUE },
      ...{ live: () => null, predict: () => null },
    });
    expect(result).toEqual([]);
  });
});

describe('without the profile', () => {
  const only = (live: bigint | null, prediction: BootPrediction | null) =>
    checkSettings({
      ...{ findings: [], applied, files: [AS_WRITTEN], tunables: CATALOGUE },
      live: () => (live === null ? null : integer(live)),
      predict: () => prediction,
    })[0];

  test('the very value that was written is what counts', () => {
    expect(only(65535n, boot(65535n))).toMatchObject({ key: KEY, state: 'held', wanted: null });
    expect(only(70000n, boot(65535n))).toMatchObject({ state: 'lost', culprit: { kind: 'written-since' } });
    expect(only(65535n, byVendor(128n))).toMatchObject({ state: 'will-be-lost' });
    expect(only(null, null)).toMatchObject({ state: 'unreadable' });
  });
});
