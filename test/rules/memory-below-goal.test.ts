import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/memory-below-goal.ts';
import { contextOf, GIB } from '../support/snapshot.ts';

describe('memory-below-goal', () => {
  test('a cgroup that cannot hold the sockets themselves', () => {
    expect(rule.check(contextOf({ machine: { cgroup: { memoryMax: 4n * GIB } } }))).toEqual([
      {
        code: 'memory-below-goal',
        severity: 'error',
        subject: 'memory.max',
        what: 'The kernel alone needs 1,000,000 × 4,100 B + 1.0 GiB = 4.8 GiB for idle connections, and there is 4.0 GiB (memory.max of its cgroup, of 32.0 GiB RAM): it ends near 785,664.',
        remedy:
          "Lower the goal (`--goal 785664`) or raise the cgroup's limit (`systemctl set-property UNIT.service MemoryMax=10G`, or `docker run --memory 10g`).",
      },
    ]);
  });

  test('RAM that leaves little for the server', () => {
    expect(rule.check(contextOf({ machine: { memory: { total: 8n * GIB } } }))).toEqual([
      {
        code: 'memory-below-goal',
        severity: 'warning',
        subject: 'MemTotal',
        what: "A server that keeps 4,000 B per connection needs 1,000,000 × (4,100 + 4,000) B + 1.5 GiB = 9.0 GiB, and there is 8.0 GiB of RAM; the kernel's own share, 1,000,000 × 4,100 B + 1.5 GiB = 5.3 GiB, fits.",
        remedy:
          "Keep the server's state per connection below 2,879 B, or use a machine with at least 10 GiB.",
      },
    ]);
  });

  test('the lines are where the arithmetic says', () => {
    const at = (total: bigint) => rule.check(contextOf({ machine: { memory: { total } } })).length;
    expect(at(9_710_612_736n)).toBe(0);
    expect(at(9_710_612_735n)).toBe(1);
    const severity = (total: bigint) => rule.check(contextOf({ machine: { memory: { total } } }))[0];
    expect(severity(5_466_666_666n)).toMatchObject({ severity: 'warning' });
    expect(severity(5_466_666_665n)).toMatchObject({ severity: 'error' });
  });

  test('a small machine keeps a quarter for itself, and may hold what fits in the rest', () => {
    const at = (goal: bigint) => rule.check(contextOf({ machine: { memory: { total: GIB } } }, goal)).length;
    expect(at(50_000n)).toBe(0);
    expect(at(200_000n)).toBe(1);
  });

  test('a cgroup limit above RAM limits nothing', () => {
    expect(rule.check(contextOf({ machine: { cgroup: { memoryMax: 64n * GIB } } }))).toEqual([]);
  });

  test('says when the size of memory is unknown', () => {
    expect(rule.check(contextOf({ machine: { memory: { total: 0n } } }))).toEqual([
      { code: 'memory-below-goal', why: 'the size of memory could not be read' },
    ]);
  });

  test('a machine that is far too small says where it ends', () => {
    expect(rule.check(contextOf({ machine: { memory: { total: GIB } } }))).toMatchObject([
      { severity: 'error', what: expect.stringContaining('it ends near 196,416.') },
    ]);
  });
});
