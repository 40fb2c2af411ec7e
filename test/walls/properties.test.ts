/** What holds for every host: raising a limit never lowers its wall, the order is total, nothing is negative or lost. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareWalls, isJudged } from '../../src/model/wall.ts';
import { findWalls, WALL_FAMILIES } from '../../src/walls/index.ts';
import { type FactLiteral, type SnapshotParts, snapshotOf } from '../support/snapshot.ts';

const SINGLE = [
  'limit.nofile.soft',
  'limit.nofile.hard',
  'systemd.DefaultLimitNOFILE',
  'fs.nr_open',
  'fs.file-max',
  'fs.epoll.max_user_watches',
  'net.core.somaxconn',
  'net.ipv4.tcp_max_tw_buckets',
  'net.ipv4.tcp_max_orphans',
  'net.netfilter.nf_conntrack_max',
] as const;
const LIMITS = new Set(['limit.nofile.soft', 'limit.nofile.hard', 'systemd.DefaultLimitNOFILE']);

const positive = fc.bigInt({ min: 1n, max: (1n << 31n) - 1n });
const anyNumber = fc.bigInt({ min: -(1n << 31n), max: (1n << 63n) - 1n });
const missing: fc.Arbitrary<FactLiteral> = fc.constantFrom<FactLiteral>(
  { state: 'absent', reason: 'not-captured' },
  { state: 'absent', reason: 'child-namespace' },
  { state: 'denied', errno: 'EACCES' },
  { state: 'unparsable', text: 'x y' },
);
const literal = (key: string): fc.Arbitrary<FactLiteral> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: (LIMITS.has(key) ? fc.bigInt({ min: 0n, max: 1n << 40n }) : anyNumber).map(String),
    },
    { weight: 1, arbitrary: missing },
  );
const port = fc.integer({ min: 1, max: 65535 });
const ports = fc.tuple(port, port).map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`);
const maybeBig = fc.option(fc.bigInt({ min: 0n, max: 1n << 50n }), { nil: null });

const facts = fc.record({
  ...Object.fromEntries(SINGLE.map((key) => [key, literal(key)])),
  'net.ipv4.tcp_mem': fc.oneof(
    fc.tuple(anyNumber, anyNumber, anyNumber).map((t) => t.join(' ')),
    missing,
  ),
  'net.ipv4.ip_local_port_range': fc.oneof(ports, missing),
  'net.ipv4.ip_local_reserved_ports': fc.oneof(
    ports.map((p) => p.replace(' ', '-')),
    missing,
  ),
  'net.ipv4.tcp_orphan_retries': fc.integer({ min: 0, max: 255 }).map(String),
}) as fc.Arbitrary<Record<string, FactLiteral>>;

const parts: fc.Arbitrary<SnapshotParts> = fc.record({
  facts,
  machine: fc.record({
    bits: fc.constantFrom<32 | 64>(32, 64),
    pageSize: fc.constantFrom(4096, 16384, 65536),
    init: fc.constantFrom('systemd', 'busybox', 'unknown'),
    conntrack: fc.constantFrom('absent' as const, 'idle' as const, 'active' as const, 'unknown' as const),
    memory: fc.record({
      total: fc.bigInt({ min: 0n, max: 1n << 45n }),
      available: fc.constant(0n),
      lowTotal: maybeBig,
      lowFree: maybeBig,
    }),
    cgroup: fc.record({ memoryMax: maybeBig, pidsMax: maybeBig }),
  }),
  usage: fc.record({ openFiles: maybeBig }),
});
const assumptions = fc.record({
  target: fc.bigInt({ min: 1n, max: 1_000_000_000n }),
  idleBytes: fc.bigInt({ min: 0n, max: 1n << 30n }),
  busy: fc
    .bigInt({ min: 0n, max: 100_000n })
    .map((numerator) => ({ numerator, denominator: 100_000n, text: `${numerator}/100000` })),
  ends: fc.constantFrom<1 | 2>(1, 2),
});

describe('walls of any host', () => {
  test('none is negative, every one has its words, and the order is total and does not depend on the input order', () => {
    fc.assert(
      fc.property(parts, assumptions, (host, given) => {
        const { connections, rates } = findWalls(snapshotOf(host), given);
        for (const wall of [...connections, ...rates]) {
          expect(wall.at >= 0n).toBe(true);
          expect([wall.arithmetic, wall.why, wall.raise, wall.current].filter((t) => t === '')).toEqual([]);
          expect(wall.arithmetic).not.toMatch(/NaN|undefined|null|\n/);
        }
        for (const list of [connections, rates]) {
          expect([...list].reverse().sort(compareWalls)).toEqual(list);
          for (let i = 1; i < list.length; i++) {
            const [a, b] = [list[i - 1], list[i]];
            if (a !== undefined && b !== undefined) expect(compareWalls(a, b)).toBeLessThan(0);
          }
        }
      }),
    );
  });

  test('every limit gives exactly one answer: a wall, no limit here, or not known', () => {
    const names = (host: SnapshotParts, given: object) => {
      const { connections, rates, open, unknown } = findWalls(snapshotOf(host), given);
      return [...connections, ...rates, ...open, ...unknown].map((entry) => entry.limit).sort();
    };
    const all = names({}, {});
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(Object.keys(WALL_FAMILIES).length);
    fc.assert(fc.property(parts, assumptions, (host, given) => expect(names(host, given)).toEqual(all)));
  });

  test.each(SINGLE)('raising %s never lowers its wall', (key) => {
    const host = (n: bigint): SnapshotParts => ({
      facts: { [key]: `${n}` },
      machine: { conntrack: 'active' },
    });
    const at = (n: bigint) => {
      const { connections, rates } = findWalls(snapshotOf(host(n)));
      return [...connections, ...rates].find((wall) => wall.key === key)?.at;
    };
    fc.assert(
      fc.property(positive, positive, (n, more) => {
        const [low, high] = [at(n), at(n + more)];
        expect(low).not.toBeUndefined();
        expect((low ?? 0n) <= (high ?? 0n)).toBe(true);
      }),
    );
  });

  test('more memory, a wider range, fewer busy sockets and a leaner program never lower a wall', () => {
    const at = (key: string, host: SnapshotParts, given: object = {}) =>
      findWalls(snapshotOf(host), given).connections.find((wall) => wall.key === key)?.at ?? -1n;
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 1024, max: 40000 }), (a, b, low) => {
        const ram = (total: bigint) => at('RAM', { machine: { memory: { total } } });
        expect(ram(a * 1000n) <= ram((a + b) * 1000n)).toBe(true);
        const group = (memoryMax: bigint) => at('memory.max', { machine: { cgroup: { memoryMax } } });
        expect(group(a) <= group(a + b)).toBe(true);
        const range = (from: number) =>
          at('net.ipv4.ip_local_port_range', { facts: { 'net.ipv4.ip_local_port_range': `${from} 60999` } });
        expect(range(low) <= range(1024)).toBe(true);
        const idle = (idleBytes: bigint) => at('RAM', {}, { idleBytes });
        expect(idle(a + b) <= idle(a)).toBe(true);
        const pages = (numerator: bigint) =>
          at(
            'net.ipv4.tcp_mem',
            { facts: { 'net.ipv4.tcp_mem': '1 2 1000000' } },
            { busy: { numerator, denominator: 1n << 40n, text: 'x' } },
          );
        expect(pages(a + b) <= pages(a)).toBe(true);
      }),
    );
  });

  test('a goal is held against a side’s own walls and those of both, and never against an avoidable one', () => {
    fc.assert(
      fc.property(parts, (host) => {
        const { connections } = findWalls(snapshotOf(host));
        const sides = (side: 'server' | 'client' | 'both') =>
          new Set(connections.filter((wall) => isJudged(wall, side)).map((wall) => wall.side));
        expect(sides('server').has('client')).toBe(false);
        expect(sides('client').has('server')).toBe(false);
        expect(connections.filter((wall) => isJudged(wall, 'both') && wall.condition !== null)).toEqual([]);
      }),
    );
  });
});
