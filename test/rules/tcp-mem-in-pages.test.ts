import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/tcp-mem-in-pages.ts';
import { absent, contextOf, GIB, type MachineParts } from '../support/snapshot.ts';

describe('tcp-mem-in-pages', () => {
  const check = (tcpMem: string, goal?: bigint, machine: MachineParts = {}) =>
    rule.check(contextOf({ facts: { 'net.ipv4.tcp_mem': tcpMem }, machine }, goal));

  test('bytes where pages are meant: more than all RAM is an error', () => {
    expect(check('94500000 915000000 927000000')).toEqual([
      {
        code: 'tcp-mem-in-pages',
        severity: 'error',
        subject: 'net.ipv4.tcp_mem',
        what: 'net.ipv4.tcp_mem lets TCP take 927,000,000 pages × 4,096 B = 3.4 TiB, 11,050 % of the 32.0 GiB of RAM: the unit is pages, and the kernel runs out of memory before TCP holds back.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_mem="750000 1000000 1500000"` now, and write `net.ipv4.tcp_mem = 750000 1000000 1500000` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('more than half of RAM is a warning', () => {
    expect(check('1048576 2097152 4194305')).toMatchObject([{ severity: 'warning' }]);
    expect(check('1048576 2097152 4194304')).toEqual([]);
  });

  test('the page size of the machine decides', () => {
    const arm = { pageSize: 65_536, arch: 'arm64' };
    expect(check('375000 500000 750000', 500_000n)).toEqual([]);
    expect(check('375000 500000 750000', 500_000n, arm)).toMatchObject([{ severity: 'error' }]);
  });

  test('a triple out of order is an error', () => {
    expect(check('3000000 2000000 1500000')).toEqual([
      {
        code: 'tcp-mem-in-pages',
        severity: 'error',
        subject: 'net.ipv4.tcp_mem',
        what: 'net.ipv4.tcp_mem is `3000000 2000000 1500000`, which is out of order: it must not fall from min to pressure to max.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_mem="750000 1000000 1500000"` now, and write `net.ipv4.tcp_mem = 750000 1000000 1500000` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('less than a page for each connection is worth knowing', () => {
    expect(check('287898\t383867\t575796')).toEqual([
      {
        code: 'tcp-mem-in-pages',
        severity: 'info',
        subject: 'net.ipv4.tcp_mem',
        what: 'net.ipv4.tcp_mem ends at 575,796 pages (2.1 GiB): when each of 1,000,000 connections has data queued, however little, they take a page each, 3.8 GiB, and TCP drops what does not fit.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_mem="750000 1000000 1500000"` now, and write `net.ipv4.tcp_mem = 750000 1000000 1500000` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('never proposes less than what is there', () => {
    const small = { memory: { total: 4n * GIB } };
    expect(check('300000 400000 500000', 1_000_000n, small)).toEqual([]);
  });

  test('says what it could not read', () => {
    const facts = { 'net.ipv4.tcp_mem': absent('child-namespace') };
    expect(rule.check(contextOf({ facts }))).toEqual([
      { code: 'tcp-mem-in-pages', why: 'net.ipv4.tcp_mem is not visible from a child network namespace' },
    ]);
  });

  test('equal fields are in order, and a page for each connection is enough', () => {
    expect(check('1000000 1000000 1000000')).toEqual([]);
    expect(check('900000 900000 999999')).toMatchObject([{ severity: 'info' }]);
  });

  test('says when the size of memory is unknown', () => {
    expect(check('1 2 3', 1_000_000n, { memory: { total: 0n } })).toEqual([
      { code: 'tcp-mem-in-pages', why: 'the size of memory could not be read' },
    ]);
  });
});
