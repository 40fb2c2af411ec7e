import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/ports-steal-services.ts';
import { contextOf, denied, listener } from '../support/snapshot.ts';

describe('ports-steal-services', () => {
  const facts = {
    'net.ipv4.ip_local_port_range': '1024 65535',
    'net.ipv4.ip_local_reserved_ports': '6379',
    'net.ipv4.ip_unprivileged_port_start': '1024',
  };
  const listeners = [
    listener('0.0.0.0:22', 128),
    listener('0.0.0.0:8080', 511),
    listener('[::]:8080', 511),
    listener('127.0.0.1:6379', 511),
    listener('0.0.0.0:5353', null, 'udp'),
    listener('0.0.0.0:41641', null, 'udp'),
    listener('127.0.0.1:50051', 4096),
  ];

  test('services in a widened range, without a reservation', () => {
    expect(rule.check(contextOf({ facts, listeners }))).toEqual([
      {
        code: 'ports-steal-services',
        severity: 'warning',
        subject: 'net.ipv4.ip_local_reserved_ports',
        what: 'Outgoing connections may take any port of 1024-65535, and services listen on 5353, 8080, 50051 in it without a reservation: once such a port is taken, the service cannot start again (EADDRINUSE).',
        remedy:
          'Run `sysctl -w net.ipv4.ip_local_reserved_ports=5353,6379,8080,50051` now, and write `net.ipv4.ip_local_reserved_ports = 5353,6379,8080,50051` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test("the kernel's own range is not questioned", () => {
    const own = { ...facts, 'net.ipv4.ip_local_port_range': '32768 60999' };
    expect(rule.check(contextOf({ facts: own, listeners }))).toEqual([]);
  });

  test('silent when every service is reserved', () => {
    const reserved = { ...facts, 'net.ipv4.ip_local_reserved_ports': '5000-9000,50051' };
    expect(rule.check(contextOf({ facts: reserved, listeners }))).toEqual([]);
  });

  test('a range that starts below the unprivileged ports would be refused', () => {
    const low = { ...facts, 'net.ipv4.ip_local_port_range': '1000 65535' };
    expect(rule.check(contextOf({ facts: low }))).toEqual([
      {
        code: 'ports-steal-services',
        severity: 'error',
        subject: 'net.ipv4.ip_local_port_range',
        what: 'net.ipv4.ip_local_port_range starts at 1000, below net.ipv4.ip_unprivileged_port_start = 1,024: the kernel refuses such a range with EINVAL.',
        remedy:
          'Run `sysctl -w net.ipv4.ip_local_port_range="1024 65535"` now, and write `net.ipv4.ip_local_port_range = 1024 65535` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('ends of the same parity are a matter of taste', () => {
    const even = { ...facts, 'net.ipv4.ip_local_port_range': '32768 61000' };
    expect(rule.check(contextOf({ facts: even }))).toEqual([
      {
        code: 'ports-steal-services',
        severity: 'info',
        subject: 'net.ipv4.ip_local_port_range',
        what: 'net.ipv4.ip_local_port_range is 32768-61000, with even ports at both ends: no port is lost, but connect() prefers one parity and bind(0) the other, and the kernel logs a complaint.',
        remedy:
          'Run `sysctl -w net.ipv4.ip_local_port_range="32768 61001"` now, and write `net.ipv4.ip_local_port_range = 32768 61001` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
    const odd = { ...facts, 'net.ipv4.ip_local_port_range': '1025 65535' };
    expect(rule.check(contextOf({ facts: odd }))).toMatchObject([
      { severity: 'info', remedy: expect.stringContaining('"1025 65534"') },
    ]);
  });

  test('says what it could not see', () => {
    const machine = { listenersIncomplete: '/proc/net/udp: EACCES' };
    const unread = { ...facts, 'net.ipv4.ip_local_reserved_ports': denied() };
    expect(rule.check(contextOf({ facts: unread, machine, listeners }))).toEqual([
      { code: 'ports-steal-services', why: 'the list of listeners is not complete: /proc/net/udp: EACCES' },
      { code: 'ports-steal-services', why: 'net.ipv4.ip_local_reserved_ports could not be read (EACCES)' },
    ]);
    expect(rule.check(contextOf({ facts: { 'net.ipv4.ip_local_port_range': denied() } }))).toMatchObject([
      { why: 'net.ipv4.ip_local_port_range could not be read (EACCES)' },
    ]);
  });

  test('both ends of the range belong to it', () => {
    const narrow = { ...facts, 'net.ipv4.ip_local_port_range': '8080 9091' };
    const ends = [8079, 8080, 9091, 9092].map((port) => listener(`0.0.0.0:${port}`, 511));
    expect(rule.check(contextOf({ facts: narrow, listeners: ends }))).toMatchObject([
      { remedy: expect.stringContaining('ip_local_reserved_ports=6379,8080,9091`') },
    ]);
  });

  test('a range of one port has no two ends, and 32768 is where the usual range starts', () => {
    const one = { ...facts, 'net.ipv4.ip_local_port_range': '40000 40000' };
    expect(rule.check(contextOf({ facts: one }))).toEqual([]);
    const below = { ...facts, 'net.ipv4.ip_local_port_range': '32767 60998' };
    expect(rule.check(contextOf({ facts: below, listeners }))).toMatchObject([{ severity: 'warning' }]);
  });
});
