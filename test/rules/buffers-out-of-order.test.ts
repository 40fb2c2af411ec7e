import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/buffers-out-of-order.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('buffers-out-of-order', () => {
  const usual = { 'net.ipv4.tcp_rmem': '4096 131072 6291456', 'net.ipv4.tcp_wmem': '4096 16384 4194304' };

  test('a default above the max is an error', () => {
    const facts = { ...usual, 'net.ipv4.tcp_rmem': '4096 1048576 65536' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'buffers-out-of-order',
        severity: 'error',
        subject: 'net.ipv4.tcp_rmem',
        what: 'net.ipv4.tcp_rmem is `4096 1048576 65536`, which is out of order: it must not fall from min to default to max.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_rmem="4096 131072 4194304"` now, and write `net.ipv4.tcp_rmem = 4096 131072 4194304` to /etc/sysctl.d/zz-tune.conf for the next boot. Restart the listening services: accepted sockets inherit the listener\'s buffers.',
      },
      {
        code: 'buffers-out-of-order',
        severity: 'warning',
        subject: 'net.ipv4.tcp_rmem',
        what: 'The default of net.ipv4.tcp_rmem is 1.0 MiB for every socket: 1,000,000 connections × 1,048,576 B may pin 976.5 GiB of queued data, and a slow reader gets it without asking.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_rmem="4096 131072 4194304"` now, and write `net.ipv4.tcp_rmem = 4096 131072 4194304` to /etc/sysctl.d/zz-tune.conf for the next boot. Restart the listening services: accepted sockets inherit the listener\'s buffers.',
      },
    ]);
  });

  test('a min that makes dead sockets is an error', () => {
    const facts = { ...usual, 'net.ipv4.tcp_wmem': '1 16384 4194304' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'buffers-out-of-order',
        severity: 'error',
        subject: 'net.ipv4.tcp_wmem',
        what: 'The min of net.ipv4.tcp_wmem is 1 B; below 4,096 B a socket cannot hold one packet and stalls.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_wmem="4096 16384 4194304"` now, and write `net.ipv4.tcp_wmem = 4096 16384 4194304` to /etc/sysctl.d/zz-tune.conf for the next boot. Restart the listening services: accepted sockets inherit the listener\'s buffers.',
      },
    ]);
  });

  test('a default of megabytes is multiplied by the goal', () => {
    const facts = { ...usual, 'net.ipv4.tcp_rmem': '8388608 8388608 8388608' };
    expect(rule.check(contextOf({ facts }, 500_000n))).toEqual([
      {
        code: 'buffers-out-of-order',
        severity: 'warning',
        subject: 'net.ipv4.tcp_rmem',
        what: 'The default of net.ipv4.tcp_rmem is 8.0 MiB for every socket: 500,000 connections × 8,388,608 B may pin 3.8 TiB of queued data, and a slow reader gets it without asking.',
        remedy:
          'Run `sysctl -w net.ipv4.tcp_rmem="4096 131072 8388608"` now, and write `net.ipv4.tcp_rmem = 4096 131072 8388608` to /etc/sysctl.d/zz-tune.conf for the next boot. Restart the listening services: accepted sockets inherit the listener\'s buffers.',
      },
    ]);
  });

  test("the kernel's triples and the article's are fine", () => {
    expect(rule.check(contextOf({ facts: usual }))).toEqual([]);
    const article = { 'net.ipv4.tcp_rmem': '4096 4096 16777216', 'net.ipv4.tcp_wmem': '4096 4096 16777216' };
    expect(rule.check(contextOf({ facts: article }))).toEqual([]);
  });

  test('one that cannot be read does not hide the other', () => {
    const facts = { 'net.ipv4.tcp_rmem': '4096 131072 65536', 'net.ipv4.tcp_wmem': denied() };
    expect(rule.check(contextOf({ facts }))).toMatchObject([
      { subject: 'net.ipv4.tcp_rmem', severity: 'error' },
      { why: 'net.ipv4.tcp_wmem could not be read (EACCES)' },
    ]);
  });

  test('equal fields, the smallest min and the largest quiet default are fine', () => {
    const facts = { 'net.ipv4.tcp_rmem': '4096 262144 262144', 'net.ipv4.tcp_wmem': '4096 4096 4096' };
    expect(rule.check(contextOf({ facts }))).toEqual([]);
  });
});
