/** Each wall: its number, its arithmetic, and what is said when it is not a limit or not known. */
import { describe, expect, test } from '@jest/globals';
import type { Usage } from '../../src/model/usage.ts';
import type { Wall, WallAssumptions } from '../../src/model/wall.ts';
import { DEFAULT_ASSUMPTIONS, findWalls } from '../../src/walls/index.ts';
import {
  absent,
  denied,
  GIB,
  listener,
  type SnapshotParts,
  snapshotOf,
  unparsable,
} from '../support/snapshot.ts';

const walls = (parts: SnapshotParts, given: Partial<WallAssumptions> = {}) =>
  findWalls(snapshotOf(parts), given);
const wallFor = (key: string, parts: SnapshotParts, given: Partial<WallAssumptions> = {}): Wall => {
  const found = walls(parts, given).connections.find((wall) => wall.key === key);
  if (found === undefined) throw new Error(`no wall for ${key}`);
  return found;
};
const unknownFor = (key: string, parts: SnapshotParts) => walls(parts).unknown.find((w) => w.key === key);
const openFor = (key: string, parts: SnapshotParts, given: Partial<WallAssumptions> = {}) =>
  walls(parts, given).open.find((w) => w.key === key);
const rateFor = (key: string, parts: SnapshotParts, event: string) =>
  walls(parts).rates.find((w) => w.key === key && w.event === event);

describe('files of one process', () => {
  test('the hard limit is the wall; the soft one only for programs that do not raise it', () => {
    const facts = { 'limit.nofile.soft': '1024', 'limit.nofile.hard': '524288' };
    expect(wallFor('limit.nofile.hard', { facts })).toMatchObject({
      at: 524_288n,
      scope: 'process',
      side: 'both',
      condition: null,
    });
    const soft = wallFor('limit.nofile.soft', { facts });
    expect(soft.at).toBe(1_024n);
    expect(soft.condition).toMatch(/does not raise its soft limit/);
  });

  test('one descriptor per accepted connection: both ends on one host change nothing for a process', () => {
    const facts = { 'limit.nofile.hard': '20000' };
    expect(wallFor('limit.nofile.hard', { facts }, { ends: 2 }).at).toBe(20_000n);
  });

  test('what raises it names the ceiling and the capability that stand in the way', () => {
    const facts = { 'limit.nofile.hard': '20000', 'fs.nr_open': '1048576' };
    expect(wallFor('limit.nofile.hard', { facts, machine: { capabilities: 0n } }).raise).toMatch(
      /ulimit -Hn 2097152.*fs\.nr_open must be raised first.*CAP_SYS_RESOURCE/,
    );
    const able = wallFor('limit.nofile.hard', { facts: { ...facts, 'fs.nr_open': '2097152' } }).raise;
    expect(able).not.toMatch(/fs\.nr_open|CAP_SYS_RESOURCE/);
  });

  test('a named service is raised by its own drop-in', () => {
    const subject = { unit: 'nginx.service' };
    expect(
      wallFor('limit.nofile.hard', { facts: { 'limit.nofile.hard': '1024' }, machine: { subject } }).raise,
    ).toMatch(/LimitNOFILE=2097152.*nginx\.service/);
  });

  test('services without systemd: said, not omitted', () => {
    const key = 'systemd.DefaultLimitNOFILE';
    expect(openFor(key, { machine: { init: 'busybox' } })?.why).toMatch(/not systemd/);
    expect(unknownFor(key, { machine: { init: 'unknown' } })?.why).toMatch(/process 1/);
    expect(wallFor(key, { facts: { [key]: '524288' } })).toMatchObject({ at: 524_288n, scope: 'service' });
  });
});

describe('a hard nofile above fs.nr_open', () => {
  const wall = (soft: string, hard: string, ceiling: string) =>
    wallFor('fs.nr_open', {
      facts: { 'limit.nofile.soft': soft, 'limit.nofile.hard': hard, 'fs.nr_open': ceiling },
    });

  test('no program can raise its soft limit: that is the wall, for all of them', () => {
    const stuck = wall('1024', '524288', '30000');
    expect(stuck).toMatchObject({ at: 1_024n, condition: null, current: '30000' });
    expect(stuck.why).toMatch(/EPERM/);
    expect(stuck.raise).toMatch(/fs\.nr_open=2097152.*ulimit -Hn 30000/);
    expect(wall('1024', '8388608', '30000').raise).toMatch(/fs\.nr_open=8388608/);
    expect(wall('1024', 'unlimited', '30000').raise).not.toMatch(/sysctl/);
  });

  test('a soft limit that is higher than the ceiling stops at the ceiling', () => {
    expect(wall('524288', '524288', '30000').at).toBe(30_000n);
  });

  test('a hard limit at the ceiling or below it does not get in the way', () => {
    expect(wall('1024', '30000', '30000').at).toBe(30_000n);
    expect(wall('1024', '20000', '30000').at).toBe(30_000n);
  });
});

describe('files of the host', () => {
  const facts = { 'fs.file-max': '100000' };

  test('less what is in use; two files per connection where both ends are here', () => {
    const usage = { openFiles: 20_000n };
    expect(wallFor('fs.file-max', { facts, usage }).at).toBe(80_000n);
    expect(wallFor('fs.file-max', { facts, usage }, { ends: 2 }).at).toBe(40_000n);
  });

  test('use unknown: the arithmetic says so', () => {
    const wall = wallFor('fs.file-max', { facts });
    expect(wall.at).toBe(100_000n);
    expect(wall.arithmetic).toMatch(/in use is not known/);
  });

  test('more in use than allowed is a wall at 0, not below', () => {
    expect(wallFor('fs.file-max', { facts, usage: { openFiles: 100_001n } }).at).toBe(0n);
  });

  test('2^63-1 is carried exactly', () => {
    const max = '9223372036854775807';
    expect(wallFor('fs.file-max', { facts: { 'fs.file-max': max } }).at).toBe(9223372036854775807n);
  });
});

/** As a 6.18 kernel has them. */
const slabs = {
  TCP: { pages: 8, objects: 13, size: 2368 },
  sock_inode_cache: { pages: 4, objects: 19, size: 832 },
  dentry: { pages: 1, objects: 21, size: 192 },
  filp: { pages: 1, objects: 21, size: 192 },
  lsm_inode_cache: { pages: 1, objects: 128, size: 32 },
  lsm_file_cache: { pages: 1, objects: 170, size: 24 },
  eventpoll_epi: { pages: 1, objects: 32, size: 128 },
  eventpoll_pwq: { pages: 1, objects: 64, size: 64 },
  ep_head: { pages: 1, objects: 256, size: 16 },
  tcp_bind_bucket: { pages: 1, objects: 32, size: 128 },
  tcp_bind2_bucket: { pages: 1, objects: 32, size: 128 },
} as const;

describe('memory', () => {
  const idle = { busy: { numerator: 0n, denominator: 1n, text: '0%' } } as const;

  test('slab sizes of the host’s own kernel, one end and both', () => {
    // 2521 + 863 + 196 + 196 per socket; 32 + 25 of blobs, 9 of descriptor; 208 of epoll or 256 of bind buckets.
    const machine = { memory: { total: 32n * GIB } };
    const one = wallFor('RAM', { machine, usage: { slabs } }, idle);
    expect(one.arithmetic).toMatch(/4,050 B of kernel memory \(slab sizes of this kernel\)/);
    expect(one.at).toBe((32n * GIB - 3n * (GIB / 2n)) / 4_050n);
    expect(wallFor('RAM', { machine, usage: { slabs } }, { ...idle, ends: 2 }).at).toBe(
      (32n * GIB - 3n * (GIB / 2n)) / 8_148n,
    );
  });

  test('a kernel with fewer kinds of objects has less to pay for, and one that was not asked is taken as the table', () => {
    const of = (usage: Partial<Usage>) => wallFor('RAM', { usage }, { ...idle, ends: 2 }).arithmetic;
    expect(of({ slabs: { ...slabs, lsm_inode_cache: null, tcp_bind2_bucket: null } })).toMatch(/7,956 B/);
    const { TCP, sock_inode_cache, dentry, filp } = slabs;
    expect(of({ slabs: { TCP, sock_inode_cache, dentry, filp } })).toMatch(/8,148 B/);
    expect(of({ slabs: { ...slabs, lsm_inode_cache: { pages: 1, objects: 46, size: 88 } } })).toMatch(
      /8,264 B/,
    );
  });

  test('without slab sizes a table by kernel, named in the arithmetic', () => {
    expect(wallFor('RAM', { machine: { kernelRelease: '6.18.1' } }).arithmetic).toMatch(
      /measured on kernel 6\.18/,
    );
    expect(wallFor('RAM', { machine: { kernelRelease: '6.1.0-28' } }).arithmetic).toMatch(
      /3,700 B.*kernel 6\.1/,
    );
  });

  test('the program’s own bytes and queued data count', () => {
    const wall = wallFor('RAM', { usage: { slabs } }, { idleBytes: 10_000n });
    expect(wall.arithmetic).toMatch(/205 B queued \(5% busy\) \+ 10,000 B of the program/);
    expect(wall.at).toBe((32n * GIB - 3n * (GIB / 2n)) / (4_050n + 205n + 10_000n));
  });

  test('a small machine keeps a quarter for everything else', () => {
    const machine = { memory: { total: 2n * GIB } };
    expect(wallFor('RAM', { machine, usage: { slabs } }, idle).at).toBe((2n * GIB - GIB / 2n) / 4_050n);
  });

  test('no size of memory: not known, and no number', () => {
    expect(unknownFor('RAM', { machine: { memory: { total: 0n } } })?.why).toMatch(/could not be read/);
  });

  test('LOWMEM is a wall on a 32-bit kernel, no limit on a 64-bit one, unknown where it is not shown', () => {
    const machine = {
      bits: 32,
      memory: { total: 6n * GIB, lowTotal: 852n << 20n, lowFree: 12n << 20n },
    } as const;
    const low = wallFor('LowTotal', { machine, usage: { slabs } }, idle);
    const lowTotal = 852n << 20n;
    expect(low.at).toBe((lowTotal - lowTotal / 10n) / 4_050n);
    expect(low.at < wallFor('RAM', { machine, usage: { slabs } }, idle).at).toBe(true);
    expect(openFor('LowTotal', {})?.why).toMatch(/64-bit/);
    expect(unknownFor('LowTotal', { machine: { bits: 32 } })?.why).toMatch(/LowTotal/);
  });
});

describe('control groups', () => {
  test('memory.max and pids.max, no limit, and not readable are three different answers', () => {
    const limited = { machine: { cgroup: { memoryMax: 4n * GIB, pidsMax: 512n } } };
    expect(wallFor('memory.max', limited).scope).toBe('cgroup');
    expect(wallFor('pids.max', limited)).toMatchObject({
      at: 512n,
      condition: expect.stringMatching(/thread/),
    });
    for (const key of ['memory.max', 'pids.max']) {
      expect(openFor(key, {})?.why).toMatch(/no control group/);
      expect(unknownFor(key, { machine: { cgroup: { unread: 'EACCES' } } })?.why).toMatch(/EACCES/);
    }
  });
});

describe('what a control group is charged', () => {
  const at = (kernelRelease: string, memoryFile: string) => {
    const machine = { kernelRelease, cgroup: { memoryMax: 4n * GIB, memoryFile } };
    return findWalls(snapshotOf({ machine })).connections.find((wall) => wall.scope === 'cgroup');
  };

  test('version 2 of a new kernel: all of it; version 1 and older kernels: not the accepted socket', () => {
    const two = at('6.12.48', '/sys/fs/cgroup/a/memory.max');
    const one = at('6.12.48', '/sys/fs/cgroup/memory/a/memory.limit_in_bytes');
    expect(two).toMatchObject({ key: 'memory.max' });
    expect(one).toMatchObject({ key: 'memory.limit_in_bytes' });
    expect((one?.at ?? 0n) > (two?.at ?? 0n)).toBe(true);
    expect(one?.arithmetic).toMatch(/without the struct sock of an accepted one/);
    expect(two?.arithmetic).not.toMatch(/without/);
    expect(at('6.1.0-28', '/sys/fs/cgroup/a/memory.max')?.arithmetic).toMatch(/without the struct sock/);
  });

  test('object by object with a pointer each, as measured call by call on 6.18; whole slabs before 5.9', () => {
    const charged = (kernelRelease: string, usage: Partial<Usage>, ends: 1 | 2) => {
      const machine = {
        kernelRelease,
        cgroup: { memoryMax: GIB, memoryFile: '/sys/fs/cgroup/memory/a/memory.limit_in_bytes' },
      };
      const key = 'memory.limit_in_bytes';
      return wallFor(key, { machine, usage }, { ends }).arithmetic;
    };
    // accept4 1,240 and epoll_ctl 232, socket 3,616 and bind 272, and a descriptor for each end.
    expect(charged('6.18.44', { slabs }, 1)).toMatch(/1,481 B charged/);
    expect(charged('6.18.44', { slabs }, 2)).toMatch(/5,378 B charged.*slab sizes of this kernel, both ends/);
    expect(charged('6.18.44', {}, 2)).toMatch(/5,378 B charged.*measured on kernel 6\.18/);
    // 863 + 196 + 196 and 208; 2521 + 863 + 196 + 196 and 256: the blobs of security modules are never charged.
    expect(charged('5.4.0', { slabs }, 2)).toMatch(/5,513 B charged/);
    const { size: _, ...unsized } = slabs.TCP;
    expect(charged('6.18.44', { slabs: { ...slabs, TCP: unsized } }, 2)).toMatch(/5,531 B charged/);
  });
});

describe('epoll watches', () => {
  test('one per connection, also where both ends are here: a client need not use epoll', () => {
    const facts = { 'fs.epoll.max_user_watches': '445929' };
    for (const ends of [1, 2] as const) {
      expect(wallFor('fs.epoll.max_user_watches', { facts }, { ends }).at).toBe(445_929n);
    }
  });
});

describe('TCP memory', () => {
  const facts = { 'net.ipv4.tcp_mem': '191000 254668 382000' };

  test('pages over the busy share of the connections, of which one end at a time holds any', () => {
    expect(wallFor('net.ipv4.tcp_mem', { facts }).at).toBe(7_640_000n);
    const all = { busy: { numerator: 1n, denominator: 1n, text: '100%' } } as const;
    expect(wallFor('net.ipv4.tcp_mem', { facts }, all).at).toBe(382_000n);
    expect(wallFor('net.ipv4.tcp_mem', { facts }, { ...all, ends: 2 }).at).toBe(382_000n);
    expect(wallFor('net.ipv4.tcp_mem', { facts }, all).raise).toMatch(/"750000 1000000 1500000"/);
  });

  test('nobody busy: no limit', () => {
    const busy = { numerator: 0n, denominator: 1n, text: '0%' } as const;
    expect(openFor('net.ipv4.tcp_mem', { facts }, { busy })?.why).toMatch(/busy 0%/);
  });
});

describe('ports', () => {
  const range = 'net.ipv4.ip_local_port_range';

  test('the range less reserved and listening ports, counted once', () => {
    const wall = wallFor(range, {
      facts: { [range]: '40000 40099', 'net.ipv4.ip_local_reserved_ports': '40010-40019,50000' },
      listeners: [
        listener('0.0.0.0:40010'),
        listener('0.0.0.0:40050'),
        listener('[::]:40050'),
        listener('0.0.0.0:80'),
        listener('0.0.0.0:40060', null, 'udp'),
      ],
    });
    expect(wall.at).toBe(89n);
    expect(wall.arithmetic).toMatch(/100 ports − 10 reserved − 1 listening/);
    expect(wall).toMatchObject({ side: 'client', scope: 'destination' });
  });

  test('the default is 28,232 per destination, and the raise says over how many addresses to spread', () => {
    const wall = wallFor(range, {
      facts: { [range]: '32768 60999', 'net.ipv4.ip_local_reserved_ports': '' },
    });
    expect(wall.at).toBe(28_232n);
    expect(wall.raise).toMatch(/Spread 1,000,000 over 36 source addresses.*1024 65535/);
  });

  test('TIME_WAIT makes it a rate, unless TIME_WAIT is reused', () => {
    const facts = { [range]: '32768 60999' };
    expect(rateFor(range, { facts }, 'reconnects')?.at).toBe(470n);
    const reuse = { ...facts, 'net.ipv4.tcp_tw_reuse': '1', 'net.ipv4.tcp_timestamps': '1' };
    expect(rateFor(range, { facts: reuse }, 'reconnects')?.at).toBe(28_232n);
    const noStamps = { ...reuse, 'net.ipv4.tcp_timestamps': '0' };
    expect(rateFor(range, { facts: noStamps }, 'reconnects')?.at).toBe(470n);
  });

  test('unreadable reserved ports are said in the arithmetic', () => {
    expect(wallFor(range, { facts: { [range]: '32768 60999' } }).arithmetic).toMatch(
      /reserved ports not known/,
    );
  });
});

describe('connection tracking', () => {
  const key = 'net.netfilter.nf_conntrack_max';
  const facts = { [key]: '262144' };

  test('a wall only while a rule uses it', () => {
    expect(wallFor(key, { facts, machine: { conntrack: 'active' } }).at).toBe(262_144n);
    expect(openFor(key, { facts, machine: { conntrack: 'idle' } })?.why).toMatch(/no rule/);
    expect(openFor(key, { machine: { conntrack: 'absent' } })?.why).toMatch(/not loaded/);
    expect(unknownFor(key, { machine: { conntrack: 'unknown' } })?.why).toMatch(/could not be read/);
    expect(openFor(key, { facts: { [key]: '0' }, machine: { conntrack: 'active' } })?.why).toMatch(
      /no limit/,
    );
  });
});

describe('rates', () => {
  test('a pause of the accept loop', () => {
    expect(rateFor('net.core.somaxconn', { facts: { 'net.core.somaxconn': '4096' } }, 'arrivals')?.at).toBe(
      4_097n,
    );
  });

  test('TIME_WAIT of the side that closes first; a negative limit is none', () => {
    const key = 'net.ipv4.tcp_max_tw_buckets';
    expect(rateFor(key, { facts: { [key]: '131072' } }, 'closes')?.at).toBe(2_184n);
    expect(rateFor(key, { facts: { [key]: '0' } }, 'closes')?.at).toBe(0n);
    expect(openFor(key, { facts: { [key]: '-5' } })?.why).toMatch(/no limit/);
  });

  test('orphans live as long as they are retried: 0 means 8', () => {
    const key = 'net.ipv4.tcp_max_orphans';
    const rate = (retries: string) =>
      rateFor(key, { facts: { [key]: '131072', 'net.ipv4.tcp_orphan_retries': retries } }, 'closes')?.at;
    expect(rate('0')).toBe(1_282n); // 131072 / 102.2 s
    expect(rate('8')).toBe(1_282n);
    expect(rate('3')).toBe(43_690n); // 131072 / 3 s
  });
});

describe('a fact that is not there is said, and never becomes a number', () => {
  const KEYS = [
    'limit.nofile.soft',
    'limit.nofile.hard',
    'fs.nr_open',
    'fs.file-max',
    'fs.epoll.max_user_watches',
    'net.ipv4.tcp_mem',
    'net.ipv4.ip_local_port_range',
    'net.core.somaxconn',
    'net.ipv4.tcp_max_tw_buckets',
    'net.ipv4.tcp_max_orphans',
  ];
  test.each(
    KEYS.flatMap((key) =>
      [undefined, absent('child-namespace'), denied('EACCES'), unparsable('moo')].map(
        (literal) => [key, literal] as const,
      ),
    ),
  )('%s: %j', (key, literal) => {
    const found = walls({ facts: literal === undefined ? {} : { [key]: literal } });
    expect([...found.connections, ...found.rates].filter((wall) => wall.key === key)).toEqual([]);
    const unknown = found.unknown.filter((limit) => limit.key === key);
    expect(unknown.length).toBeGreaterThan(0);
    for (const limit of unknown) expect(limit.reading ?? limit.why).toEqual(literal ?? expect.any(String));
  });

  test('defaults are stated', () => {
    expect(DEFAULT_ASSUMPTIONS).toMatchObject({ target: 1_000_000n, idleBytes: 0n, ends: 1 });
  });
});
