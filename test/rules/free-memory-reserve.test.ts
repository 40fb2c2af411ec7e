import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/free-memory-reserve.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('free-memory-reserve', () => {
  const check = (kib: string) => rule.check(contextOf({ facts: { 'vm.min_free_kbytes': kib } }));

  test('gigabytes of reserve', () => {
    expect(check('8388608')).toEqual([
      {
        code: 'free-memory-reserve',
        severity: 'warning',
        subject: 'vm.min_free_kbytes',
        what: 'vm.min_free_kbytes is 8,388,608 (8.0 GiB), more than 5 % of the 32.0 GiB of RAM: sockets cannot use it, and the OOM killer comes that much earlier.',
        remedy:
          'Run `sysctl -w vm.min_free_kbytes=262144` now, and write `vm.min_free_kbytes = 262144` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('next to none', () => {
    expect(check('512')).toEqual([
      {
        code: 'free-memory-reserve',
        severity: 'error',
        subject: 'vm.min_free_kbytes',
        what: 'vm.min_free_kbytes is 512: below 1,024 the kernel has nothing left to receive packets with under load, and may deadlock.',
        remedy:
          'Run `sysctl -w vm.min_free_kbytes=262144` now, and write `vm.min_free_kbytes = 262144` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test("silent about the kernel's own value and about what large hosts use", () => {
    expect([...check('67584'), ...check('1048576')]).toEqual([]);
  });

  test('on a small machine one per cent is never too much', () => {
    const facts = { 'vm.min_free_kbytes': '1024' };
    expect(rule.check(contextOf({ facts, machine: { memory: { total: 16n << 20n } } }))).toEqual([]);
  });

  test('says what it could not read', () => {
    expect(rule.check(contextOf({ facts: { 'vm.min_free_kbytes': denied() } }))).toEqual([
      { code: 'free-memory-reserve', why: 'vm.min_free_kbytes could not be read (EACCES)' },
    ]);
    const facts = { 'vm.min_free_kbytes': '67584' };
    expect(rule.check(contextOf({ facts, machine: { memory: { total: 0n } } }))).toEqual([
      { code: 'free-memory-reserve', why: 'the size of memory could not be read' },
    ]);
  });

  test('the lines are at 5 % of RAM and at 1,024', () => {
    const facts = (kib: string) => ({ 'vm.min_free_kbytes': kib });
    const machine = { memory: { total: 20n << 30n } };
    expect(rule.check(contextOf({ facts: facts('1048576'), machine }))).toEqual([]);
    expect(rule.check(contextOf({ facts: facts('1048577'), machine }))).toMatchObject([
      { severity: 'warning' },
    ]);
    expect(check('1024')).toEqual([]);
    expect(check('1023')).toMatchObject([{ severity: 'error' }]);
  });

  test('the value proposed follows RAM between its two ends', () => {
    const proposed = (total: bigint) =>
      rule.check(contextOf({ facts: { 'vm.min_free_kbytes': '0' }, machine: { memory: { total } } }));
    expect(proposed(1n << 30n)).toMatchObject([
      { remedy: expect.stringContaining('vm.min_free_kbytes=10485`') },
    ]);
    expect(proposed(16n << 20n)).toMatchObject([
      { remedy: expect.stringContaining('vm.min_free_kbytes=1024`') },
    ]);
  });
});
