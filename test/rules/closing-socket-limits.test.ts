import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/closing-socket-limits.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('closing-socket-limits', () => {
  const facts = {
    'net.ipv4.tcp_ehash_entries': '262144',
    'net.ipv4.tcp_max_tw_buckets': '131072',
    'net.ipv4.tcp_max_orphans': '131072',
  };

  test('TIME_WAIT cut short', () => {
    expect(rule.check(contextOf({ facts: { ...facts, 'net.ipv4.tcp_max_tw_buckets': '5000' } }))).toEqual([
      {
        code: 'closing-socket-limits',
        severity: 'warning',
        subject: 'net.ipv4.tcp_max_tw_buckets',
        what: 'net.ipv4.tcp_max_tw_buckets is 5,000, below the 131,072 that this kernel started with (half of tcp_ehash_entries): connections beyond it skip TIME_WAIT, and late packets of one meet the next on the same ports.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_max_tw_buckets=131072` now, and write `net.ipv4.tcp_max_tw_buckets = 131072` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('orphans that would not fit into RAM, and orphans cut short', () => {
    expect(rule.check(contextOf({ facts: { ...facts, 'net.ipv4.tcp_max_orphans': '3276800' } }))).toEqual([
      {
        code: 'closing-socket-limits',
        severity: 'warning',
        subject: 'net.ipv4.tcp_max_orphans',
        what: 'net.ipv4.tcp_max_orphans is 3,276,800, and an orphan may hold 64 KiB that cannot be swapped: 3,276,800 × 64 KiB = 200.0 GiB, more than the 32.0 GiB of RAM.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_max_orphans=131072` now, and write `net.ipv4.tcp_max_orphans = 131072` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
    expect(rule.check(contextOf({ facts: { ...facts, 'net.ipv4.tcp_max_orphans': '1000' } }))).toMatchObject([
      { severity: 'warning', remedy: expect.stringContaining('=131072') },
    ]);
  });

  test("silent about the kernel's own values, a shared hash, and no limit on TIME_WAIT", () => {
    expect(rule.check(contextOf({ facts }))).toEqual([]);
    const child = {
      ...facts,
      'net.ipv4.tcp_ehash_entries': '-262144',
      'net.ipv4.tcp_max_tw_buckets': '-1',
      'net.ipv4.tcp_max_orphans': '262144',
    };
    expect(rule.check(contextOf({ facts: child }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const unread = {
      'net.ipv4.tcp_max_tw_buckets': '5000',
      'net.ipv4.tcp_max_orphans': absent('child-namespace'),
    };
    expect(rule.check(contextOf({ facts: unread }))).toEqual([
      {
        code: 'closing-socket-limits',
        why: "the kernel's own limits follow from tcp_ehash_entries, which was not read",
      },
      {
        code: 'closing-socket-limits',
        why: 'net.ipv4.tcp_max_orphans is not visible from a child network namespace',
      },
    ]);
  });

  test('orphans that fit into RAM exactly are fine, and so is what the kernel itself chose', () => {
    const fits = { ...facts, 'net.ipv4.tcp_max_orphans': '524288' };
    expect(rule.check(contextOf({ facts: fits }))).toEqual([]);
    expect(rule.check(contextOf({ facts, machine: { memory: { total: 1n << 30n } } }))).toEqual([]);
    expect(rule.check(contextOf({ facts, machine: { memory: { total: 0n } } }))).toEqual([]);
  });
});
