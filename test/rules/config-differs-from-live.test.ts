import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/config-differs-from-live.ts';
import { absent, contextOf, type FactLiteral } from '../support/snapshot.ts';

describe('config-differs-from-live', () => {
  const file = '/etc/sysctl.d/50-net.conf';
  const check = (facts: Readonly<Record<string, FactLiteral>>, text: string) =>
    rule.check(contextOf({ facts, config: { [file]: text } }));

  test('a file says one thing and the kernel has another', () => {
    expect(check({ 'net.core.somaxconn': '4096' }, 'net.core.somaxconn = 65535')).toEqual([
      {
        code: 'config-differs-from-live',
        severity: 'warning',
        subject: '/etc/sysctl.d/50-net.conf:1',
        what: '/etc/sysctl.d/50-net.conf:1 sets net.core.somaxconn to `65535`, and the kernel has `4096`.',
        remedy:
          'Run `sysctl -w net.core.somaxconn=65535` if the file is right, or write `net.core.somaxconn = 4096` to /etc/sysctl.d/50-net.conf:1 if the kernel is.',
      },
    ]);
  });

  test('an excluded key is kept out of the globs, as Debian 13 ships it', () => {
    const text = 'net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter';
    expect(check({ 'net.ipv4.conf.all.rp_filter': '0' }, text)).toEqual([]);
    expect(check({ 'net.ipv4.conf.all.rp_filter': '0' }, 'net.ipv4.conf.*.rp_filter = 2')).toHaveLength(1);
  });

  test('text that the kernel refuses', () => {
    expect(
      check({ 'net.ipv4.tcp_rmem': '4096\t131072\t6291456' }, 'net.ipv4.tcp_rmem = "4096 87380 16777216"'),
    ).toEqual([
      {
        code: 'config-differs-from-live',
        severity: 'warning',
        subject: '/etc/sysctl.d/50-net.conf:1',
        what: '/etc/sysctl.d/50-net.conf:1 sets net.ipv4.tcp_rmem to `"4096 87380 16777216"`, which the kernel refuses with EINVAL; it has `4096 131072 6291456`.',
        remedy:
          'Write `net.ipv4.tcp_rmem = 4096 131072 6291456` to /etc/sysctl.d/50-net.conf:1 to keep what is live, or correct the text: plain numbers, no quotes, commas, units or trailing comment.',
      },
    ]);
    expect(check({ 'net.core.somaxconn': '4096' }, 'net.core.somaxconn =')).toMatchObject([
      { what: expect.stringContaining('refuses with EINVAL') },
    ]);
  });

  test.each([
    ['blanks are not meaning', 'net.ipv4.tcp_rmem', '4096\t131072\t6291456', '4096   131072 6291456'],
    ['hex is a number', 'net.core.somaxconn', '4096', '0x1000'],
    ['a leading zero is octal', 'net.core.somaxconn', '4096', '010000'],
    ['a short vector keeps the rest', 'net.ipv4.tcp_rmem', '8192\t65536\t6291456', '8192 65536'],
    ['text after the number is dropped', 'net.core.somaxconn', '4096', '4096 # a note'],
    ['ports are merged', 'net.ipv4.ip_local_reserved_ports', '80-81', '81,80,80'],
    ['the kernel rounds up', 'net.core.rps_sock_flow_entries', '65536', '40000'],
  ])('silent: %s', (_, key, live, written) => {
    expect(check({ [key]: live }, `${key} = ${written}`)).toEqual([]);
  });

  test('the last line counts, and an exact key beats a later pattern', () => {
    const facts = { 'net.ipv4.conf.all.rp_filter': '2' };
    expect(check(facts, 'net.ipv4.conf.all.rp_filter = 1\nnet.ipv4.conf.all.rp_filter = 2')).toEqual([]);
    expect(check(facts, 'net.ipv4.conf.all.rp_filter = 2\nnet.ipv4.conf.*.rp_filter = 1')).toEqual([]);
    expect(check(facts, 'net.ipv4.conf.*.rp_filter = 1')).toMatchObject([{ subject: `${file}:1` }]);
  });

  test('silent about keys that were not asked for, and keys that this kernel does not have', () => {
    expect(check({}, 'kernel.sysrq = 438')).toEqual([]);
    expect(
      check({ 'net.ipv4.tcp_tw_recycle': absent('not-in-this-kernel') }, 'net.ipv4.tcp_tw_recycle = 1'),
    ).toEqual([]);
  });

  test('says what it could not compare', () => {
    const facts = { 'net.ipv4.tcp_mem': absent('child-namespace') };
    expect(check(facts, 'net.ipv4.tcp_mem = 1 2 3')).toEqual([
      {
        code: 'config-differs-from-live',
        why: '/etc/sysctl.d/50-net.conf:1: net.ipv4.tcp_mem is not visible from a child network namespace',
      },
    ]);
  });

  test('a pattern is told from a key that it does not match', () => {
    const facts = { 'net.ipv4.conf.all.rp_filter': '2' };
    expect(check(facts, 'net.ipv6.conf.*.rp_filter = 1')).toEqual([]);
    expect(check({ 'net.core.rps_sock_flow_entries': '0' }, 'net.core.rps_sock_flow_entries = 0')).toEqual(
      [],
    );
  });

  test('a negative tcp_max_tw_buckets is no limit, whichever number it is', () => {
    const facts = { 'net.ipv4.tcp_max_tw_buckets': '-5' };
    expect(check(facts, 'net.ipv4.tcp_max_tw_buckets = -1')).toEqual([]);
    expect(check(facts, 'net.ipv4.tcp_max_tw_buckets = 262144')).toMatchObject([
      { what: expect.stringContaining('to `262144`, and the kernel has `-') },
    ]);
  });
});
