import { describe, expect, test } from '@jest/globals';
import { memoryHost } from '../../src/host/memory.ts';
import {
  movedCounters,
  parseFileNr,
  parseLowWatermark,
  parseMemory,
  parsePairedLines,
  parsePressure,
  parseSlabinfo,
  parseSockstat,
  parseSoftnetDrops,
  readCounters,
  readGauges,
} from '../../src/soak/counters.ts';
import { grownOnly, procEntryBytes } from '../../src/soak/figures.ts';
import { readMachineLimits, readNetLimits } from '../../src/soak/limits.ts';

const SOCKSTAT = `sockets: used 291
TCP: inuse 2052001 orphan 3 tw 7 alloc 2052009 mem 458
UDP: inuse 3 mem 0
`;
const SLABINFO = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables
TCP                  118    130   2368   13    8 : tunables    0    0    0 : slabdata     10     10      0
sock_inode_cache     209    209    832   19    4 : tunables    0    0    0 : slabdata     11     11      0
kmalloc-8              1      1      8  512    1 : tunables    0    0    0 : slabdata      1      1      0
`;

describe('kernel counters', () => {
  test('sockets of both families are summed', () => {
    expect(parseSockstat(SOCKSTAT, 'TCP6: inuse 5\nUDP6: inuse 1\n')).toEqual({
      inuse: 2052006,
      orphan: 3,
      timeWait: 7,
      alloc: 2052009,
      pages: 458,
    });
    expect(parseSockstat(SOCKSTAT, '')?.inuse).toBe(2052001);
    expect(parseSockstat('', '')).toBeNull();
  });

  test('paired lines give Tcp and TcpExt only, also negative gauges', () => {
    const text =
      'TcpExt: A ListenOverflows\nTcpExt: 1 42\nIpExt: X\nIpExt: 9\nTcp: MaxConn CurrEstab\nTcp: -1 12\n';
    expect(parsePairedLines(text)).toEqual({
      'TcpExt.A': 1,
      'TcpExt.ListenOverflows': 42,
      'Tcp.MaxConn': -1,
      'Tcp.CurrEstab': 12,
    });
  });

  test('what a look at /proc/PID/fd leaves behind is no connection’s', () => {
    const cache = (active: number, effectiveBytes: number, inSlabs = active) => ({
      active,
      effectiveBytes,
      bytes: inSlabs * effectiveBytes,
    });
    const slab = (sockets: number, entries: number, room = 0) => ({
      sock_inode_cache: cache(sockets, 862),
      proc_inode_cache: cache(entries, 712, entries + room),
      dentry: cache(sockets + entries, 195, sockets + entries + room),
      lsm_inode_cache: cache(sockets + entries, 32, sockets + entries + room),
    });
    expect(procEntryBytes(slab(5, 100), slab(2005, 700))).toBe(600 * (712 + 195 + 32));
    expect(procEntryBytes(slab(5, 100), slab(2005, 100))).toBe(0);
    // 400 of the 600 found room in slabs that were there already.
    expect(procEntryBytes(slab(5, 100, 400), slab(2005, 700))).toBe(200 * (712 + 195 + 32));
    // A kernel without blobs of security modules, and one that reclaimed meanwhile.
    const { lsm_inode_cache: _, ...bare } = slab(2005, 700);
    const { lsm_inode_cache: __, ...bareBefore } = slab(5, 100);
    expect(procEntryBytes(bareBefore, bare)).toBe(600 * (712 + 195));
    expect(procEntryBytes(slab(5, 700), slab(2005, 100))).toBe(0);
    expect(procEntryBytes(null, slab(1, 1))).toBeNull();
  });

  test('what cannot be opened is not zero: a machine out of files has not run out of memory', () => {
    expect(readGauges(memoryHost({ files: {} }))).toBeNull();
    const files = { '/proc/meminfo': 'MemTotal: 2048 kB\nMemAvailable: 1024 kB\n' };
    expect(readGauges(memoryHost({ files }))?.memory.available).toBe(1024 * 1024);
  });

  test('memory that shrank meanwhile is no figure of a connection', () => {
    expect([8140, 0, -74_457, null].map(grownOnly)).toEqual([8140, null, null, null]);
  });

  test('slab sizes carry the unused rest of each slab', () => {
    const slab = parseSlabinfo(SLABINFO, 4096);
    expect(slab?.TCP).toEqual({ active: 118, effectiveBytes: (8 * 4096) / 13, bytes: 10 * 8 * 4096 });
    expect(slab?.sock_inode_cache?.effectiveBytes).toBeCloseTo(862.3, 1);
    expect(Object.keys(slab ?? {})).toEqual(['TCP', 'sock_inode_cache']);
    expect(parseSlabinfo(null, 4096)).toBeNull();
  });

  test('file-nr, meminfo, pressure and softnet', () => {
    expect(parseFileNr('320\t0\t9223372036854775807\n')).toEqual({ allocated: 320, max: 2 ** 63 });
    expect(parseMemory('MemTotal: 100 kB\nMemFree: 40 kB\nMemAvailable: 60 kB\nSlab: 10 kB\n')).toEqual({
      total: 102400,
      free: 40960,
      available: 61440,
      slab: 10240,
      reclaimable: null,
    });
    expect(parseMemory('KReclaimable: 3 kB\nSReclaimable: 2 kB\n').reclaimable).toBe(3072);
    expect(parseMemory('SReclaimable: 2 kB\n').reclaimable).toBe(2048);
    const zones =
      'Node 0, zone DMA\n        min      4\n        low      13\nNode 0, zone Normal\n        low      20\n';
    expect(parseLowWatermark(zones, 4096)).toBe(33 * 4096);
    expect(parseLowWatermark(null, 4096)).toBeNull();
    expect(parseMemory('MemTotal: 100 kB\nMemFree: 40 kB\nCached: 5 kB\n').available).toBe(46080);
    expect(parsePressure('some avg10=0.00 avg60=0.00 avg300=0.00 total=1234\nfull avg10=0 total=9\n')).toBe(
      1234,
    );
    expect(parsePressure(null)).toBeNull();
    expect(parseSoftnetDrops('0001 00000002 0\n0001 0000000a 0\n')).toBe(12);
  });

  test('only what moved is kept', () => {
    expect(movedCounters({ a: 1, b: 2 }, { a: 1, b: 5, c: 3 })).toEqual({ b: 3, c: 3 });
  });

  test('a host that shows nothing gives nulls and zeros, and never throws', () => {
    const counters = readCounters(memoryHost({}));
    expect(counters).toMatchObject({
      sockets: null,
      tcp: {},
      openFiles: null,
      slab: null,
      pressure: null,
      oomKills: null,
    });
  });
});

describe('limits', () => {
  const host = memoryHost({
    files: {
      '/proc/self/limits':
        'Limit                     Soft Limit           Hard Limit           Units     \n' +
        'Max processes             192730               unlimited            processes \n' +
        'Max open files            1024                 20000                files     \n',
      '/proc/sys/fs/nr_open': '1048576\n',
      '/proc/sys/fs/file-max': '9223372036854775807\n',
      '/proc/sys/net/ipv4/tcp_mem': '287898\t383867\t575796\n',
      '/proc/sys/net/ipv4/ip_local_port_range': '1024\t65535\n',
      '/proc/sys/net/ipv4/ip_local_reserved_ports': '8080,9000-9010\n',
      '/proc/sys/net/core/somaxconn': '4096\n',
      '/proc/loadavg': '0.21 0.07 0.04 2/137 4711\n',
    },
  });

  test('of the machine', () => {
    expect(readMachineLimits(host)).toMatchObject({
      nofileHard: 20000,
      nprocHard: Number.MAX_SAFE_INTEGER,
      nrOpen: 1048576,
      fileMax: 2 ** 63,
      isAboveFileMax: false,
      tcpMem: [287898, 383867, 575796],
      tasks: 137,
      epollWatches: null,
    });
  });

  test('of the namespace', () => {
    expect(readNetLimits(host)).toMatchObject({
      portRange: { low: 1024, high: 65535 },
      reserved: [
        [8080, 8080],
        [9000, 9010],
      ],
      somaxconn: 4096,
      conntrackMax: null,
    });
  });

  test('the kernel’s default range where the key cannot be read', () => {
    expect(readNetLimits(memoryHost({})).portRange).toEqual({ low: 32768, high: 60999 });
    expect(readMachineLimits(memoryHost({})).tcpMem).toBeNull();
  });
});
