import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryHost } from '../../src/host/memory.ts';
import { InputError } from '../../src/model/error.ts';
import { type CgroupState, readCgroups } from '../../src/soak/cgroup.ts';
import { type KernelCounters, readCounters } from '../../src/soak/counters.ts';
import {
  estimateMemory,
  freeBytes,
  kernelBytesPerConnection,
  memoryFloor,
  requireMemory,
  requireTasks,
} from '../../src/soak/memory.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const unlimited: CgroupState = { memory: null, tasks: null, oomKills: null, refusedForks: null };
const limited = (max: number, current: number): CgroupState => ({
  ...unlimited,
  memory: { file: '/sys/fs/cgroup/x/memory.max', max, current },
});

function counters(totalBytes: number, availableBytes: number, sockets = 0): KernelCounters {
  return readCounters(
    memoryHost({
      files: {
        '/proc/meminfo': `MemTotal: ${totalBytes / 1024} kB\nMemFree: 0 kB\nMemAvailable: ${Math.floor(availableBytes / 1024)} kB\n`,
        '/proc/net/sockstat': `TCP: inuse ${sockets} orphan 0 tw 0 alloc ${sockets} mem 0\n`,
      },
    }),
  );
}

describe('memory', () => {
  test('a connection costs about 8.1 kB of slab, both ends', () => {
    expect(kernelBytesPerConnection(null, 4)).toBe(8140);
  });

  test('sizes from slabinfo replace the table, per family', () => {
    const slab = {
      TCP: { active: 0, effectiveBytes: 3000, bytes: 0 },
      TCPv6: { active: 0, effectiveBytes: 4000, bytes: 0 },
    };
    expect(kernelBytesPerConnection(slab, 4)).toBe(8140 + 2 * (3000 - 2521));
    expect(kernelBytesPerConnection(slab, 6)).toBe(8140 + 2 * (4000 - 2521));
  });

  test('open sockets pin memory that MemAvailable promises', () => {
    const at = counters(24 * GIB, 10 * GIB, 1_000_000);
    expect(freeBytes({ ...at, openFiles: null }, at, unlimited)).toBe(10 * GIB - 1_000_000 * (862 + 195));
  });

  test('what MemAvailable leaves out of the reclaimable was never promised', () => {
    // si_mem_available, for a machine whose reclaimable memory is what sockets pin, and `rest` besides.
    const low = 60 * MIB;
    const counted = (bytes: number) => bytes - Math.min(Math.floor(bytes / 2), low);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500_000 }), fc.integer({ min: 0, max: GIB }), (sockets, rest) => {
        const pinned = sockets * (862 + 195);
        const at = counters(24 * GIB, 0, sockets);
        const memory = { ...at.memory, available: GIB + counted(pinned + rest), reclaimable: pinned + rest };
        const free = freeBytes(
          { ...at, memory, openFiles: null },
          { slab: null, lowWatermark: low },
          unlimited,
        );
        expect(free).toBe(GIB + counted(rest));
      }),
    );
  });

  test('slabs of a kernel with pages of 64 KiB are so much larger', () => {
    const row = 'TCP 100 120 2368 27 16 : tunables 0 0 0 : slabdata 4 4 0\n';
    const of = (pageSize: number) =>
      readCounters(memoryHost({ files: { '/proc/slabinfo': row }, self: { pageSize } })).slab?.TCP;
    expect(of(4096)).toEqual({ active: 100, effectiveBytes: (16 * 4096) / 27, bytes: 4 * 16 * 4096 });
    expect(of(65_536)).toEqual({ active: 100, effectiveBytes: (16 * 65_536) / 27, bytes: 4 * 16 * 65_536 });
  });

  test('a cgroup lowers what is free, and is named', () => {
    const estimate = estimateMemory(100_000, 4, 12, counters(24 * GIB, 20 * GIB), limited(GIB, 800 * MIB));
    expect(estimate.free).toBe(GIB - 800 * MIB);
    expect(() => requireMemory(estimate, 100_000, false)).toThrow(
      /100000 connections × 8140 B .*memory cgroup/,
    );
    expect(() => requireMemory(estimate, 100_000, true)).not.toThrow();
  });

  test('the floor is 5 % of the machine within its bounds, and follows a small cgroup', () => {
    expect(memoryFloor(24 * GIB, unlimited)).toBe(GIB);
    expect(memoryFloor(8 * GIB, unlimited)).toBe(Math.round(0.05 * 8 * GIB));
    expect(memoryFloor(GIB, unlimited)).toBe(128 * MIB);
    expect(memoryFloor(24 * GIB, limited(256 * MIB, 0))).toBe(64 * MIB);
    expect(memoryFloor(24 * GIB, limited(48 * GIB, 0))).toBe(GIB);
  });

  test('refused exactly when need and floor exceed what is free', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 0, max: 64 * 1024 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        (goal, availableMib, sockets) => {
          const estimate = estimateMemory(
            goal,
            4,
            4,
            counters(64 * GIB, availableMib * MIB, sockets),
            unlimited,
          );
          expect(estimate.free).toBeLessThanOrEqual(estimate.memAvailable);
          const fits = estimate.needed + estimate.floor <= estimate.free;
          if (fits) expect(() => requireMemory(estimate, goal, false)).not.toThrow();
          else expect(() => requireMemory(estimate, goal, false)).toThrow(InputError);
        },
      ),
    );
  });

  test('too few tasks in the group are refused', () => {
    const groups: CgroupState = { ...unlimited, tasks: { file: '/p/pids.max', max: 100, current: 40 } };
    expect(() => requireTasks(6, groups, false)).toThrow('/p/pids.max allows 100');
    expect(() => requireTasks(5, groups, false)).not.toThrow();
    expect(() => requireTasks(6, groups, true)).not.toThrow();
  });
});

describe('control groups', () => {
  test('v2: the group with the least left on the way to the root', () => {
    const host = memoryHost({
      files: {
        '/proc/self/cgroup': '0::/a/b\n',
        '/sys/fs/cgroup/a/memory.max': '1000\n',
        '/sys/fs/cgroup/a/memory.current': '990\n',
        '/sys/fs/cgroup/a/b/memory.max': '500\n',
        '/sys/fs/cgroup/a/b/memory.current': '100\n',
        '/sys/fs/cgroup/a/b/memory.events': 'low 0\nhigh 0\nmax 7\noom 2\noom_kill 1\noom_group_kill 0\n',
        '/sys/fs/cgroup/a/b/pids.max': 'max\n',
        '/sys/fs/cgroup/a/pids.max': '64\n',
        '/sys/fs/cgroup/a/pids.current': '10\n',
        '/sys/fs/cgroup/a/pids.events': 'max 3\n',
      },
    });
    expect(readCgroups(host)).toEqual({
      memory: { file: '/sys/fs/cgroup/a/memory.max', max: 1000, current: 990 },
      tasks: { file: '/sys/fs/cgroup/a/pids.max', max: 64, current: 10 },
      oomKills: 1,
      refusedForks: 3,
    });
  });

  test('v1: no limit is the largest page-aligned long', () => {
    const host = memoryHost({
      files: {
        '/proc/self/cgroup': '4:memory:/x\n8:pids:/\n',
        '/sys/fs/cgroup/memory/x/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/memory/x/memory.usage_in_bytes': '10\n',
        '/sys/fs/cgroup/memory/x/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '4096\n',
        '/sys/fs/cgroup/memory/memory.usage_in_bytes': '96\n',
      },
    });
    expect(readCgroups(host)).toMatchObject({
      memory: { file: '/sys/fs/cgroup/memory/memory.limit_in_bytes', max: 4096 },
      tasks: null,
      oomKills: 2,
    });
  });

  test('a path from another cgroup namespace is not followed', () => {
    const host = memoryHost({
      files: { '/proc/self/cgroup': '0::/../../secret\n', '/sys/fs/cgroup/../../secret/memory.max': '1\n' },
    });
    expect(readCgroups(host).memory).toBeNull();
  });
});
