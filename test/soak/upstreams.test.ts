import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planAddresses } from '../../src/soak/address-plan.ts';
import { parseAddress } from '../../src/soak/sockaddr.ts';
import { createPeers } from '../../src/soak/tasks/peers.ts';
import { upstreamAddresses } from '../../src/soak/upstreams.ts';

describe('upstream addresses', () => {
  test('one for each 28,000 connections', () => {
    expect(upstreamAddresses(1, 4, true)).toEqual(['127.0.1.1']);
    expect(upstreamAddresses(28_000, 4, true)).toHaveLength(1);
    expect(upstreamAddresses(28_001, 4, true)).toEqual(['127.0.1.1', '127.0.1.2']);
    expect(upstreamAddresses(500_000, 4, false)).toHaveLength(18);
    expect(upstreamAddresses(500_000, 6, false)).toEqual(['::1']);
    expect(upstreamAddresses(28_001, 6, true).at(-1)).toBe('fd00:74:756e:65::fffd');
  });

  test('valid, distinct, and none of them a client’s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000_000 }),
        fc.constantFrom(4 as const, 6 as const),
        fc.nat(),
        (goal, family, seed) => {
          const upstreams = upstreamAddresses(goal, family, true);
          expect(upstreams.every((text) => parseAddress(text) !== null)).toBe(true);
          expect(new Set(upstreams).size).toBe(upstreams.length);
          const { sources } = planAddresses({
            ...{ goal, family, seed, namespace: true, maxSources: null, force: true },
            portRange: { low: 32_768, high: 60_999 },
            reserved: [],
            listening: [],
          });
          const clients = new Set(sources);
          expect(upstreams.filter((text) => clients.has(text))).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('peers: each leads to the other, until one is unlinked', () => {
  const pair = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 5001, max: 40_000 }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 60 }), fc.nat(100), (pairs, expected) => {
      const peers = createPeers(expected);
      const model = new Map<number, number>();
      const cut = (fd: number) => {
        const other = model.get(fd);
        if (other !== undefined) model.delete(other);
        model.delete(fd);
      };
      for (const [client, upstream] of pairs) {
        for (const fd of [client, upstream]) {
          peers.unlink(fd);
          cut(fd);
        }
        peers.link(client, upstream);
        model.set(client, upstream).set(upstream, client);
      }
      for (const fd of pairs.flat()) expect(peers.of(fd)).toBe(model.get(fd) ?? fd);
      const [first] = pairs;
      if (first === undefined) return;
      peers.unlink(first[1]);
      expect(peers.of(first[1])).toBe(first[1]);
    }),
  );
});
