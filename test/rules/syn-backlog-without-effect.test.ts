import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/syn-backlog-without-effect.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('syn-backlog-without-effect', () => {
  const facts = {
    'net.ipv4.tcp_syncookies': '1',
    'net.ipv4.tcp_max_syn_backlog': '262144',
    'net.core.somaxconn': '4096',
  };

  test('raised alone, it changes nothing', () => {
    const config = { '/etc/sysctl.conf': 'net.ipv4.tcp_max_syn_backlog=262144' };
    expect(rule.check(contextOf({ facts, config }))).toEqual([
      {
        code: 'syn-backlog-without-effect',
        severity: 'info',
        subject: 'net.ipv4.tcp_max_syn_backlog',
        what: "net.ipv4.tcp_max_syn_backlog is 262,144 and has no effect while tcp_syncookies is 1: the SYN queue ends at each listener's backlog, which somaxconn caps at 4,096.",
        remedy:
          "Run `sysctl -w net.core.somaxconn=65535` now, and write `net.core.somaxconn = 65535` to /etc/sysctl.d/zz-tune.conf for the next boot. Raise the service's own backlog to match. The line in /etc/sysctl.conf:1 may go.",
      },
    ]);
  });

  test('silent without SYN cookies, and when it does not exceed somaxconn', () => {
    expect(rule.check(contextOf({ facts: { ...facts, 'net.ipv4.tcp_syncookies': '0' } }))).toEqual([]);
    expect(rule.check(contextOf({ facts: { ...facts, 'net.ipv4.tcp_max_syn_backlog': '2048' } }))).toEqual(
      [],
    );
  });

  test('says what it could not read', () => {
    const unread = { ...facts, 'net.ipv4.tcp_max_syn_backlog': absent('sandbox') };
    expect(rule.check(contextOf({ facts: unread }))).toEqual([
      {
        code: 'syn-backlog-without-effect',
        why: 'net.ipv4.tcp_max_syn_backlog is absent: the sandbox does not implement it',
      },
    ]);
  });

  test('equal to somaxconn is not above it', () => {
    const equal = { ...facts, 'net.ipv4.tcp_max_syn_backlog': '4096' };
    expect(rule.check(contextOf({ facts: equal }))).toEqual([]);
    const above = { ...facts, 'net.ipv4.tcp_max_syn_backlog': '4097' };
    expect(rule.check(contextOf({ facts: above }))).toHaveLength(1);
  });
});
