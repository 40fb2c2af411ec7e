import { describe, expect, test } from '@jest/globals';
import { integer, limit, tuple } from '../../src/model/value.ts';
import { limitsFragment } from '../../src/plan/fragments/limits.ts';
import { sysctlFragment } from '../../src/plan/fragments/sysctl.ts';
import { managerFragment, serviceFragment } from '../../src/plan/fragments/systemd.ts';
import { appliedState } from '../../src/verify/applied.ts';
import { journal, knob, written } from './journals.ts';

const AUTHOR = { profile: 'c1m', goal: 1_000_000n };
const SYSCTL = '/etc/sysctl.d/zz-tune.conf';
const LIMITS = '/etc/security/limits.d/zz-tune.conf';

const sysctlText = (value: bigint) =>
  sysctlFragment(AUTHOR, [
    { key: 'net.core.somaxconn', value: integer(value), reason: 'a test' },
    { key: 'net.ipv4.tcp_rmem', value: tuple(4096n, 16384n, 6291456n), reason: 'a test' },
  ]).text;

describe('what stands', () => {
  test('nothing when nothing was applied, or all of it was undone', () => {
    expect(appliedState([])).toBeNull();
    expect(appliedState([journal('0001', { state: 'undone' })])).toBeNull();
  });

  test('keys come from our files and from live writes, with the text the kernel made of them', () => {
    const state = appliedState([
      journal('0001', {
        files: [written(SYSCTL, sysctlText(65535n))],
        knobs: [
          knob('net.core.somaxconn', '65535'),
          knob('net.netfilter.nf_conntrack_buckets', '300', '512'),
        ],
      }),
    ]);
    expect([...(state?.keys ?? [])]).toEqual([
      ['net.core.somaxconn', { text: '65535', file: SYSCTL }],
      ['net.netfilter.nf_conntrack_buckets', { text: '512', file: null }],
      ['net.ipv4.tcp_rmem', { text: '4096 16384 6291456', file: SYSCTL }],
    ]);
  });

  test('a later apply replaces the file of an earlier one, and a removed file is not expected', () => {
    const state = appliedState([
      journal('0001', { files: [written(SYSCTL, sysctlText(4096n)), written(LIMITS, '')] }),
      journal('0002', {
        bootId: 'second-boot',
        profile: { name: 'c500k', digest: 'def', goal: '500000' },
        files: [written(SYSCTL, sysctlText(8192n)), written(LIMITS, null)],
      }),
    ]);
    expect(state?.summary).toMatchObject({ ids: ['0001', '0002'], profile: 'c500k', goal: '500000' });
    expect(state?.bootId).toBe('second-boot');
    expect([...(state?.files.keys() ?? [])]).toEqual([SYSCTL]);
    expect(state?.keys.get('net.core.somaxconn')?.text).toBe('8192');
  });

  test('limits are read from every kind of file that tune writes', () => {
    const line = { key: 'limit.nofile.hard', value: limit(2097152n), reason: 'a test' };
    const state = appliedState([
      journal('0001', {
        files: [
          written(LIMITS, limitsFragment(AUTHOR, [line, { ...line, key: 'limit.nofile.soft' }]).text),
          written(
            '/etc/systemd/system.conf.d/zz-tune.conf',
            managerFragment(AUTHOR, limit(2097152n), 'a test').text,
          ),
          written(
            '/etc/systemd/system/nginx.service.d/zz-tune.conf',
            serviceFragment(AUTHOR, 'nginx.service', limit(1048576n), 'a test').text,
          ),
        ],
      }),
    ]);
    expect([...(state?.limits ?? [])]).toEqual([
      ['limit.nofile.hard', '2097152'],
      ['limit.nofile.soft', '2097152'],
      ['systemd.DefaultLimitNOFILE', '2097152'],
      ['systemd.LimitNOFILE nginx.service', '1048576'],
    ]);
    expect(state?.units).toEqual(['nginx.service']);
  });

  test('says until when it waits to be confirmed', () => {
    const confirm = {
      deadline: '2026-01-01T00:05:00.000Z',
      by: 'watcher',
      handle: '1',
      confirmed: false,
    } as const;
    expect(appliedState([journal('0001', { confirm })])?.summary.unconfirmedUntil).toBe(confirm.deadline);
    const kept = journal('0001', { confirm: { ...confirm, confirmed: true } });
    expect(appliedState([kept])?.summary.unconfirmedUntil).toBeNull();
  });
});
