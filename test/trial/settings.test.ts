import { describe, expect, test } from '@jest/globals';
import type { SettingFinding } from '../../src/model/finding.ts';
import type { TrialSubject } from '../../src/model/trial.ts';
import { integer, type Value } from '../../src/model/value.ts';
import { CATALOGUE } from '../../src/pipeline.ts';
import { trialSettings } from '../../src/trial/settings.ts';

const finding = (key: string, verdict: SettingFinding['verdict'], live: Value | null, remedy: Value | null) =>
  ({
    setting: { key, level: 'required', why: 'a test', when: null },
    wanted: { kind: 'atLeast', value: integer(65535) },
    ...{ verdict, live, remedy, arithmetic: [], absent: null, boot: null, detail: null },
  }) as unknown as SettingFinding;
const SOMAXCONN = finding('net.core.somaxconn', 'unmet', integer(4096), integer(65535));
const c1m: TrialSubject = { profile: 'c1m', without: [], set: {} };
const none = () => null;

describe('what is written in the namespace', () => {
  test('only what a namespace has of its own and what is not as wanted there', () => {
    const { writes, untried } = trialSettings(
      c1m,
      [
        SOMAXCONN,
        finding('net.ipv4.tcp_syncookies', 'met', integer(1), null),
        finding('fs.file-max', 'unmet', integer(1), integer(2)),
        finding('net.ipv4.tcp_mem', 'absent', null, null),
        finding('net.ipv4.tcp_max_syn_backlog', 'not-applicable', null, null),
        finding('net.ipv4.tcp_sack', 'absent', null, integer(1)),
      ],
      CATALOGUE,
      none,
    );
    expect(writes).toMatchObject([
      { key: 'net.core.somaxconn', path: 'net/core/somaxconn', after: { n: 65535n } },
    ]);
    expect(untried.map(({ key, why }) => [key, why])).toEqual([
      ['net.ipv4.tcp_syncookies', 'default-is-fine'],
      ['fs.file-max', 'host-wide'],
      ['net.ipv4.tcp_mem', 'host-wide'],
      ['net.ipv4.tcp_max_syn_backlog', 'not-applicable'],
      ['net.ipv4.tcp_sack', 'absent'],
    ]);
  });

  test('--without leaves the default and says so', () => {
    const subject = { ...c1m, without: ['net.core.somaxconn'] };
    expect(trialSettings(subject, [SOMAXCONN], CATALOGUE, none)).toMatchObject({
      writes: [],
      untried: [{ key: 'net.core.somaxconn', why: 'left-out', value: '4096', wanted: '≥ 65535' }],
    });
  });

  test('--set takes the place of what the profile wants', () => {
    const subject = { ...c1m, set: { 'net.core.somaxconn': '128' } };
    const { writes, untried } = trialSettings(subject, [SOMAXCONN], CATALOGUE, () => integer(4096));
    expect(writes).toMatchObject([{ after: { n: 128n }, wanted: { kind: 'exactly' } }]);
    expect(untried).toEqual([]);
  });

  test('--set of what is no value, or of a key that is not there, is refused', () => {
    const set = (value: string) => ({ ...c1m, set: { 'net.core.somaxconn': value } });
    expect(() => trialSettings(set('many'), [], CATALOGUE, () => integer(1))).toThrow(
      '"many" is not a value',
    );
    expect(() => trialSettings(set('1'), [], CATALOGUE, none)).toThrow('has no net.core.somaxconn');
  });
});
