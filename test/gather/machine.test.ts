import { describe, expect, test } from '@jest/globals';
import { gatherCgroup } from '../../src/gather/cgroup.ts';
import { absentReason } from '../../src/gather/facts.ts';
import { gatherMachine } from '../../src/gather/machine.ts';
import { parseLimits } from '../../src/gather/proc.ts';
import { detectSandbox } from '../../src/gather/sandbox.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { compareRelease } from '../../src/model/machine.ts';
import type { Tunable } from '../../src/model/tunable.ts';

const INITIAL = { '/proc/self/ns/pid': 'pid:[4026531836]' };
const CHILD = { '/proc/self/ns/pid': 'pid:[4026532444]' };

describe('the machine', () => {
  test('a 32-bit kernel is known by its low memory', () => {
    const meminfo = 'MemTotal: 6291456 kB\nMemFree: 500000 kB\nLowTotal: 872600 kB\nLowFree: 12000 kB\n';
    const machine = gatherMachine(memoryHost({ files: { '/proc/meminfo': meminfo } }), { by: 'parent' });
    expect(machine.bits).toBe(32);
    expect(machine.memory).toEqual({
      total: 6291456n * 1024n,
      available: 500000n * 1024n,
      lowTotal: 872600n * 1024n,
      lowFree: 12000n * 1024n,
    });
  });

  test('an empty host yields unknowns, not a crash', () => {
    const machine = gatherMachine(memoryHost({}), { by: 'parent' });
    expect(machine).toMatchObject({
      kernelRelease: 'unknown',
      cpus: 1,
      bootId: null,
      init: 'unknown',
      initialNetns: 'no',
    });
  });

  test('tcp_mem is only in the initial network namespace', () => {
    const inside = memoryHost({ files: { '/proc/sys/net/ipv4/tcp_mem': '1 2 3\n' } });
    expect(gatherMachine(inside, { by: 'parent' }).initialNetns).toBe('yes');
    const denied = memoryHost({
      errors: { '/proc/sys/net/ipv4/tcp_mem': 'EACCES', '/proc/sys/net/core/netdev_max_backlog': 'EACCES' },
    });
    expect(gatherMachine(denied, { by: 'parent' }).initialNetns).toBe('unknown');
  });

  test.each([
    [undefined, 'absent'],
    ['0\n', 'idle'],
    ['17\n', 'active'],
  ])('connection tracking with count %j is %s', (count, expected) => {
    const files = count === undefined ? {} : { '/proc/sys/net/netfilter/nf_conntrack_count': count };
    expect(gatherMachine(memoryHost({ files }), { by: 'parent' }).conntrack).toBe(expected);
  });
});

describe('sandboxes', () => {
  test.each([
    ['docker', memoryHost({ files: { '/.dockerenv': '' }, links: CHILD }), 'docker'],
    [
      'a microVM with a docker marker is a whole machine',
      memoryHost({ files: { '/.dockerenv': '' }, links: INITIAL }),
      'none',
    ],
    ['podman', memoryHost({ files: { '/run/.containerenv': '' }, links: CHILD }), 'podman'],
    [
      'lxc by process 1’s environment',
      memoryHost({ files: { '/proc/1/environ': 'A=b\0container=lxc\0' }, links: CHILD }),
      'lxc',
    ],
    [
      'gVisor by its build date',
      memoryHost({ files: { '/proc/version': 'Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n' } }),
      'gvisor',
    ],
    [
      'WSL2',
      memoryHost({ files: { '/proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2\n' } }),
      'wsl2',
    ],
    ['OpenVZ', memoryHost({ files: { '/proc/vz/x': '' } }), 'openvz'],
    ['an unnamed container', memoryHost({ links: CHILD }), 'container'],
  ])('%s', (_, host, expected) => {
    expect(detectSandbox(host).sandbox).toBe(expected);
  });
});

describe('control groups', () => {
  test('v2: the lowest limit on the way to the root counts', () => {
    const host = memoryHost({
      files: {
        '/proc/7/cgroup': '0::/a/b\n',
        '/sys/fs/cgroup/a/b/memory.max': 'max\n',
        '/sys/fs/cgroup/a/memory.max': '4294967296\n',
        '/sys/fs/cgroup/a/pids.max': '500\n',
      },
    });
    expect(gatherCgroup(host, 7)).toEqual({
      memoryMax: 4294967296n,
      memoryFile: '/sys/fs/cgroup/a/memory.max',
      pidsMax: 500n,
    });
  });

  test('v1: an enormous number means no limit', () => {
    const host = memoryHost({
      files: {
        '/proc/7/cgroup': '5:memory:/x\n3:pids:/x\n',
        '/sys/fs/cgroup/memory/x/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/pids/x/pids.max': '99\n',
      },
    });
    expect(gatherCgroup(host, 7)).toEqual({ memoryMax: null, pidsMax: 99n });
  });
});

test('limits are read from the right, since their names have blanks', () => {
  const text = `Limit                     Soft Limit           Hard Limit           Units     
Max open files            1024                 524288               files     
Max nice priority         0                    0                    
Max locked memory         8388608              unlimited            bytes     
`;
  expect([...parseLimits(text)]).toEqual([
    ['Max open files', { soft: '1024', hard: '524288' }],
    ['Max nice priority', { soft: '0', hard: '0' }],
    ['Max locked memory', { soft: '8388608', hard: 'unlimited' }],
  ]);
});

describe('why a key is absent', () => {
  const machine = gatherMachine(memoryHost({ files: { '/proc/sys/kernel/osrelease': '6.1.0\n' } }), {
    by: 'parent',
  });
  const key = (parts: Partial<Tunable>) => ({ reach: 'per-namespace', ...parts }) as Tunable;
  test.each([
    [key({ until: '4.11' }), 'not-in-this-kernel'],
    [key({ since: '6.18' }), 'not-in-this-kernel'],
    [key({ module: 'nf_conntrack' }), 'module-not-loaded'],
    [key({ reach: 'absent-in-child' }), 'child-namespace'],
    [key({}), 'not-in-this-kernel'],
  ])('%#', (tunable, reason) => {
    expect(absentReason(machine, tunable)).toBe(reason);
  });
});

test.each([
  ['6.12.3-cloud', '6.6', 1],
  ['5.4.0', '5.4', 0],
  ['4.9', '4.12', -1],
  ['6.1.0-28-amd64', '6.1.0', 0],
])('release %s against %s', (a, b, sign) => {
  expect(Math.sign(compareRelease(a, b))).toBe(sign);
});
