import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/fin-timeout-claim.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('fin-timeout-claim', () => {
  const facts = { 'net.ipv4.tcp_fin_timeout': '15' };
  const file = '/etc/sysctl.d/60-tw.conf';

  test('beside settings for TIME_WAIT it looks like one', () => {
    const config = { [file]: 'net.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_fin_timeout = 15' };
    expect(rule.check(contextOf({ facts, config }))).toEqual([
      {
        code: 'fin-timeout-claim',
        severity: 'info',
        subject: '/etc/sysctl.d/60-tw.conf:2',
        what: '/etc/sysctl.d/60-tw.conf:2 sets net.ipv4.tcp_fin_timeout to 15 beside settings for TIME_WAIT, which it does not shorten: TIME_WAIT lasts 60 s by a constant of the kernel.',
        remedy:
          'Leave it if orphans in FIN_WAIT_2 are the concern; for outgoing connections that run out of ports write `net.ipv4.tcp_tw_reuse = 1`.',
      },
    ]);
  });

  test('a very short one is a warning of its own', () => {
    expect(rule.check(contextOf({ facts: { 'net.ipv4.tcp_fin_timeout': '1' } }))).toEqual([
      {
        code: 'fin-timeout-claim',
        severity: 'warning',
        subject: 'net.ipv4.tcp_fin_timeout',
        what: 'net.ipv4.tcp_fin_timeout is 1: a peer that is slow to close has 1 s before its socket is dropped, and TIME_WAIT is no shorter for it.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_fin_timeout=15` now, and write `net.ipv4.tcp_fin_timeout = 15` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test("silent about 15 s on its own, and about the kernel's 60", () => {
    const config = {
      [file]: 'net.ipv4.tcp_fin_timeout = 15',
      '/etc/sysctl.conf': 'net.ipv4.tcp_tw_reuse = 1',
    };
    expect(rule.check(contextOf({ facts, config }))).toEqual([]);
    expect(rule.check(contextOf({ facts: { 'net.ipv4.tcp_fin_timeout': '60' } }))).toEqual([]);
  });

  test('says what it could not read', () => {
    expect(rule.check(contextOf({ facts: { 'net.ipv4.tcp_fin_timeout': denied() } }))).toEqual([
      { code: 'fin-timeout-claim', why: 'net.ipv4.tcp_fin_timeout could not be read (EACCES)' },
    ]);
  });

  test('zero and below mean a few round trips, and 5 s is no longer very short', () => {
    expect(rule.check(contextOf({ facts: { 'net.ipv4.tcp_fin_timeout': '0' } }))).toMatchObject([
      { what: expect.stringContaining('has only a few round trips before') },
    ]);
    expect(rule.check(contextOf({ facts: { 'net.ipv4.tcp_fin_timeout': '5' } }))).toEqual([]);
  });
});
