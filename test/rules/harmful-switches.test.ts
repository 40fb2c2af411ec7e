import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/harmful-switches.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('harmful-switches', () => {
  const healthy = {
    'net.ipv4.tcp_timestamps': '1',
    'net.ipv4.tcp_syncookies': '1',
    'net.ipv4.tcp_abort_on_overflow': '0',
    'net.ipv4.tcp_window_scaling': '1',
    'net.ipv4.tcp_sack': '1',
    'net.ipv4.tcp_moderate_rcvbuf': '1',
    'net.ipv4.tcp_fastopen': '1',
  };

  test('SYN cookies off', () => {
    const facts = { ...healthy, 'net.ipv4.tcp_syncookies': '0' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'harmful-switches',
        severity: 'warning',
        subject: 'net.ipv4.tcp_syncookies',
        what: 'net.ipv4.tcp_syncookies is 0: a full SYN queue drops clients silently, and a small flood of forged SYNs is enough to fill it.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_syncookies=1` now, and write `net.ipv4.tcp_syncookies = 1` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test.each([
    ['net.ipv4.tcp_timestamps', '0', 'warning', '1'],
    ['net.ipv4.tcp_timestamps', '2', 'info', '1'],
    ['net.ipv4.tcp_syncookies', '2', 'warning', '1'],
    ['net.ipv4.tcp_abort_on_overflow', '1', 'warning', '0'],
    ['net.ipv4.tcp_window_scaling', '0', 'warning', '1'],
    ['net.ipv4.tcp_sack', '0', 'warning', '1'],
    ['net.ipv4.tcp_moderate_rcvbuf', '0', 'warning', '1'],
    ['net.ipv4.tcp_fastopen', '515', 'warning', '3'],
  ])('%s = %s is a %s', (key, live, severity, good) => {
    expect(rule.check(contextOf({ facts: { ...healthy, [key]: live } }))).toMatchObject([
      { severity, subject: key, remedy: expect.stringContaining(`sysctl -w ${key}=${good}\``) },
    ]);
  });

  test('silent about a healthy host', () => {
    expect(rule.check(contextOf({ facts: healthy }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const facts = { ...healthy, 'net.ipv4.tcp_sack': denied() };
    expect(rule.check(contextOf({ facts }))).toEqual([
      { code: 'harmful-switches', why: 'net.ipv4.tcp_sack could not be read (EACCES)' },
    ]);
  });
});
