import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/neighbour-thresholds.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('neighbour-thresholds', () => {
  const table = (family: 'ipv4' | 'ipv6', ...values: readonly string[]) =>
    Object.fromEntries(values.map((v, i) => [`net.${family}.neigh.default.gc_thresh${i + 1}`, v]));

  test('thresholds out of order', () => {
    const facts = { ...table('ipv4', '128', '512', '1024'), ...table('ipv6', '4096', '512', '1024') };
    expect(rule.check(contextOf({ facts }))).toMatchObject([
      { subject: 'net.ipv6.neigh.default.gc_thresh1' },
    ]);
    const both = { ...table('ipv4', '4096', '512', '1024'), ...table('ipv6', '128', '512', '1024') };
    expect(rule.check(contextOf({ facts: both }))).toEqual([
      {
        code: 'neighbour-thresholds',
        severity: 'warning',
        subject: 'net.ipv4.neigh.default.gc_thresh1',
        what: 'net.ipv4.neigh.default.gc_thresh1, 2 and 3 are 4,096, 512 and 1,024, which is out of order: collection starts at the first, is forced above the second, and the third is the end of the table.',
        remedy:
          'Run `sysctl -w net.ipv4.neigh.default.gc_thresh1=512`, `sysctl -w net.ipv4.neigh.default.gc_thresh2=1024` and `sysctl -w net.ipv4.neigh.default.gc_thresh3=4096` now, and write `net.ipv4.neigh.default.gc_thresh1 = 512`, `net.ipv4.neigh.default.gc_thresh2 = 1024` and `net.ipv4.neigh.default.gc_thresh3 = 4096` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('raised for IPv4 only', () => {
    const facts = { ...table('ipv4', '4096', '8192', '16384'), ...table('ipv6', '128', '512', '1024') };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'neighbour-thresholds',
        severity: 'info',
        subject: 'net.ipv6.neigh.default.gc_thresh3',
        what: "net.ipv6.neigh.default.gc_thresh3 is 1,024, and the other family's table ends at 16,384: IPv4 and IPv6 neighbours are separate tables, and a large flat network needs both.",
        remedy:
          'Run `sysctl -w net.ipv6.neigh.default.gc_thresh1=4096`, `sysctl -w net.ipv6.neigh.default.gc_thresh2=8192` and `sysctl -w net.ipv6.neigh.default.gc_thresh3=16384` now, and write `net.ipv6.neigh.default.gc_thresh1 = 4096`, `net.ipv6.neigh.default.gc_thresh2 = 8192` and `net.ipv6.neigh.default.gc_thresh3 = 16384` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test("silent about the kernel's own values, and about a kernel without IPv6", () => {
    const facts = { ...table('ipv4', '128', '512', '1024'), ...table('ipv6', '128', '512', '1024') };
    expect(rule.check(contextOf({ facts }))).toEqual([]);
    const missing = [1, 2, 3].map((i) => [
      `net.ipv6.neigh.default.gc_thresh${i}`,
      absent('not-in-this-kernel'),
    ]);
    const v4Only = { ...table('ipv4', '128', '512', '1024'), ...Object.fromEntries(missing) };
    expect(rule.check(contextOf({ facts: v4Only }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const facts = {
      ...table('ipv6', '128', '512', '1024'),
      'net.ipv4.neigh.default.gc_thresh1': absent('child-namespace'),
    };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'neighbour-thresholds',
        why: 'net.ipv4.neigh.default.gc_thresh1 is not visible from a child network namespace; net.ipv4.neigh.default.gc_thresh2 was not read; net.ipv4.neigh.default.gc_thresh3 was not read',
      },
    ]);
  });

  test('equal thresholds are in order, and IPv6 may be the larger table', () => {
    const facts = { ...table('ipv4', '512', '512', '512'), ...table('ipv6', '512', '512', '512') };
    expect(rule.check(contextOf({ facts }))).toEqual([]);
    const larger = { ...table('ipv4', '128', '512', '1024'), ...table('ipv6', '128', '512', '4096') };
    expect(rule.check(contextOf({ facts: larger }))).toMatchObject([
      { severity: 'info', subject: 'net.ipv4.neigh.default.gc_thresh3' },
    ]);
  });
});
