import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/bbr-without-fq.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('bbr-without-fq', () => {
  const facts = { 'net.ipv4.tcp_congestion_control': 'bbr', 'net.core.default_qdisc': 'fq_codel' };

  test('bbr over fq_codel', () => {
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'bbr-without-fq',
        severity: 'info',
        subject: 'net.core.default_qdisc',
        what: 'net.ipv4.tcp_congestion_control is bbr and net.core.default_qdisc is fq_codel: BBR must pace, and without fq every sending socket arms its own high-resolution timer for that.',
        remedy:
          'Run `sysctl -w net.core.default_qdisc=fq` now, and write `net.core.default_qdisc = fq` to /etc/sysctl.d/zz-tune.conf for the next boot. Interfaces that are up keep theirs: `tc qdisc replace dev IFACE root fq`.',
      },
    ]);
  });

  test.each([
    ['bbr', 'fq'],
    ['cubic', 'pfifo_fast'],
  ])('silent about %s over %s', (control, qdisc) => {
    const pair = { 'net.ipv4.tcp_congestion_control': control, 'net.core.default_qdisc': qdisc };
    expect(rule.check(contextOf({ facts: pair }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const hidden = { ...facts, 'net.core.default_qdisc': absent('child-namespace') };
    expect(rule.check(contextOf({ facts: hidden }))).toEqual([
      { code: 'bbr-without-fq', why: 'net.core.default_qdisc is not visible from a child network namespace' },
    ]);
    expect(rule.check(contextOf())).toEqual([
      { code: 'bbr-without-fq', why: 'net.ipv4.tcp_congestion_control was not read' },
    ]);
  });
});
