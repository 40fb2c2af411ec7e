import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/lowmem-wall.ts';
import { contextOf, GIB } from '../support/snapshot.ts';

describe('lowmem-wall', () => {
  const old = { total: 6n * GIB, lowTotal: 883_314_688n, lowFree: 524_288_000n };

  test("the article's 32-bit host: out of low memory with half a gigabyte free", () => {
    const machine = { bits: 32, arch: 'ia32', memory: old } as const;
    expect(rule.check(contextOf({ machine }, 500_000n))).toEqual([
      {
        code: 'lowmem-wall',
        severity: 'error',
        subject: 'LowTotal',
        what: 'This 32-bit kernel has 842.3 MiB of low memory (500.0 MiB free), where every socket must lie: 500,000 × 4,100 B = 1.9 GiB, so the OOM killer comes before 215,442 connections, with most of 6.0 GiB still free.',
        remedy: 'Install a 64-bit kernel; until then stay below 215,442 connections (`--goal 215442`).',
      },
    ]);
  });

  test('silent below the wall, and on a 64-bit kernel', () => {
    const machine = { bits: 32, arch: 'ia32', memory: old } as const;
    expect(rule.check(contextOf({ machine }, 200_000n))).toEqual([]);
    expect(rule.check(contextOf())).toEqual([]);
  });

  test('says when there is nothing to compare with', () => {
    expect(rule.check(contextOf({ machine: { bits: 32, arch: 'arm' } }))).toEqual([
      {
        code: 'lowmem-wall',
        why: 'this is a 32-bit kernel, but /proc/meminfo has no LowTotal to compare with',
      },
    ]);
  });

  test('the goal that just fits is fine', () => {
    const machine = { bits: 32, arch: 'ia32', memory: { ...old, lowTotal: 410_000_000n } } as const;
    expect(rule.check(contextOf({ machine }, 100_000n))).toEqual([]);
    expect(rule.check(contextOf({ machine }, 100_001n))).toHaveLength(1);
  });
});
