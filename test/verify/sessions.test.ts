import { describe, expect, test } from '@jest/globals';
import type { SettingFinding } from '../../src/model/finding.ts';
import { limit } from '../../src/model/value.ts';
import { appliedState } from '../../src/verify/applied.ts';
import { checkSessions, type SessionSeen } from '../../src/verify/sessions.ts';
import { journal, written } from './journals.ts';

const wants = (key: string, n: bigint) =>
  ({ setting: { key }, wanted: { kind: 'atLeast', value: limit(n) } }) as unknown as SettingFinding;
const FINDINGS = [
  wants('limit.nofile.soft', 2000n),
  wants('limit.nofile.hard', 2000n),
  wants('systemd.DefaultLimitNOFILE', 3000n),
];
const seen = (kind: SessionSeen['kind'], soft: string | null, hard: string | null): SessionSeen => ({
  ...{ kind, who: kind === 'service' ? 'nginx.service' : 'somebody', soft, hard, detail: null },
  outcome: soft === null ? 'refused' : 'opened',
});
const state = (one: SessionSeen, findings = FINDINGS, applied = appliedState([])) =>
  checkSessions([one], findings, applied)[0]?.state;

describe('a login', () => {
  test('needs both limits', () => {
    expect(state(seen('login', '2000', '2000'))).toBe('held');
    expect(state(seen('root-login', 'unlimited', 'unlimited'))).toBe('held');
    expect(state(seen('login', '1024', '2000'))).toBe('lost');
    expect(state(seen('login', '1024', '1999'))).toBe('lost');
  });

  test('that is refused is the worst of all', () => {
    expect(state(seen('login', null, null))).toBe('refused');
  });

  test('that could not be tried is not held', () => {
    expect(state({ ...seen('login', null, null), outcome: 'unchecked' })).toBe('unchecked');
  });
});

describe('a service', () => {
  test('needs the hard limit alone, from systemd', () => {
    expect(state(seen('service-default', '1024', '3000'))).toBe('held');
    expect(state(seen('service-default', '1024', '2999'))).toBe('lost');
    expect(state(seen('service', '1024', '2999'))).toBe('lost');
  });

  test('is judged by its own drop-in before anything else', () => {
    const path = '/etc/systemd/system/nginx.service.d/zz-tune.conf';
    const applied = appliedState([
      journal('0001', { files: [written(path, '[Service]\nLimitNOFILE=500\n')] }),
    ]);
    expect(state(seen('service', '500', '500'), FINDINGS, applied)).toBe('held');
    expect(state(seen('service', '499', '499'), FINDINGS, applied)).toBe('lost');
  });
});

test('without a profile the limits are those of our files', () => {
  const path = '/etc/security/limits.d/zz-tune.conf';
  const applied = appliedState([journal('0001', { files: [written(path, '* hard nofile 2000\n')] })]);
  expect(state(seen('login', '1024', '2000'), [], applied)).toBe('held');
  expect(state(seen('login', '1024', '1000'), [], applied)).toBe('lost');
});
