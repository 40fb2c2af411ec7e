import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/conntrack-timeout-below-keepalive.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('conntrack-timeout-below-keepalive', () => {
  const active = { conntrack: 'active' } as const;
  const facts = {
    'net.netfilter.nf_conntrack_tcp_timeout_established': '432000',
    'net.ipv4.tcp_keepalive_time': '7200',
    'net.ipv4.tcp_keepalive_intvl': '75',
    'net.ipv4.tcp_keepalive_probes': '9',
  };
  const within = (timeout: string) => ({
    ...facts,
    'net.netfilter.nf_conntrack_tcp_timeout_established': timeout,
  });

  test('a timeout before the first probe is an error', () => {
    expect(rule.check(contextOf({ facts: within('600'), machine: active }))).toEqual([
      {
        code: 'conntrack-timeout-below-keepalive',
        severity: 'error',
        subject: 'net.netfilter.nf_conntrack_tcp_timeout_established',
        what: 'Conntrack forgets an established connection after 600 s of silence, and keepalive needs 7,200 + 75 × 9 = 7,875 s to test one: every idle connection is forgotten before its first probe.',
        remedy:
          'Run `sysctl -w net.netfilter.nf_conntrack_tcp_timeout_established=15750` now, and write `net.netfilter.nf_conntrack_tcp_timeout_established = 15750` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('less than two cycles is a warning', () => {
    expect(rule.check(contextOf({ facts: within('15749'), machine: active }))).toMatchObject([
      { severity: 'warning' },
    ]);
    expect(rule.check(contextOf({ facts: within('15750'), machine: active }))).toEqual([]);
  });

  test('an endless keepalive is corrected, not the timeout raised beyond five days', () => {
    const slow = { ...facts, 'net.ipv4.tcp_keepalive_time': '400000' };
    expect(rule.check(contextOf({ facts: slow, machine: active }))).toMatchObject([
      { remedy: expect.stringContaining('net.ipv4.tcp_keepalive_time=300') },
    ]);
  });

  test("the kernel's own values are fine, and an idle conntrack forgets nobody", () => {
    expect(rule.check(contextOf({ facts, machine: active }))).toEqual([]);
    expect(rule.check(contextOf({ facts: within('600') }))).toEqual([]);
    expect(rule.check(contextOf({ machine: { conntrack: 'absent' } }))).toEqual([]);
  });

  test('says what it could not find out', () => {
    expect(rule.check(contextOf({ facts, machine: { conntrack: 'unknown' } }))).toEqual([
      {
        code: 'conntrack-timeout-below-keepalive',
        why: 'whether connection tracking is in use here could not be found out',
      },
    ]);
    const unread = { ...facts, 'net.ipv4.tcp_keepalive_intvl': denied() };
    expect(rule.check(contextOf({ facts: unread, machine: active }))).toEqual([
      {
        code: 'conntrack-timeout-below-keepalive',
        why: 'net.ipv4.tcp_keepalive_intvl could not be read (EACCES)',
      },
    ]);
  });

  test('a timeout equal to the first probe is already too late', () => {
    expect(rule.check(contextOf({ facts: within('7200'), machine: active }))).toMatchObject([
      { severity: 'error' },
    ]);
    expect(rule.check(contextOf({ facts: within('7201'), machine: active }))).toMatchObject([
      { severity: 'warning' },
    ]);
  });
});
