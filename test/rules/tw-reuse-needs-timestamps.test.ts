import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/tw-reuse-needs-timestamps.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('tw-reuse-needs-timestamps', () => {
  const facts = { 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '0' };

  test('reuse without timestamps reuses nothing', () => {
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'tw-reuse-needs-timestamps',
        severity: 'warning',
        subject: 'net.ipv4.tcp_tw_reuse',
        what: 'net.ipv4.tcp_tw_reuse is 1 but net.ipv4.tcp_timestamps is 0: connect() can tell old packets from new ones only by timestamps, so no port in TIME_WAIT is ever reused.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_timestamps=1` now, and write `net.ipv4.tcp_timestamps = 1` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test.each([
    ['1', '1'],
    ['0', '0'],
    ['2', '0'],
  ])('silent about tw_reuse %s with timestamps %s', (reuse, timestamps) => {
    const pair = { 'net.ipv4.tcp_tw_reuse': reuse, 'net.ipv4.tcp_timestamps': timestamps };
    expect(rule.check(contextOf({ facts: pair }))).toEqual([]);
  });

  test('says what it could not read', () => {
    expect(rule.check(contextOf({ facts: { ...facts, 'net.ipv4.tcp_timestamps': denied() } }))).toEqual([
      { code: 'tw-reuse-needs-timestamps', why: 'net.ipv4.tcp_timestamps could not be read (EACCES)' },
    ]);
  });
});
