import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../../src/model/error.ts';
import { mergeSpans, type PortSpan } from '../../src/model/value.ts';
import {
  type AddressInput,
  planAddresses,
  planCrew,
  share,
  shareStart,
} from '../../src/soak/address-plan.ts';
import { ownSlots } from '../../src/soak/phases.ts';
import { walkSlots } from '../../src/soak/slots.ts';
import { isLoopback, parseAddress } from '../../src/soak/sockaddr.ts';

const input = (parts: Partial<AddressInput>): AddressInput => ({
  goal: 1000,
  family: 4,
  portRange: { low: 32768, high: 60999 },
  reserved: [],
  listening: [],
  namespace: false,
  maxSources: null,
  seed: 0,
  force: false,
  ...parts,
});

const span = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 }))
  .map(([a, b]): PortSpan => [Math.min(a, b), Math.max(a, b)]);
const range = span.map(([low, high]) => ({ low, high }));

describe('address plan', () => {
  test('the default range needs 36 sources for a million', () => {
    const plan = planAddresses(input({ goal: 1_000_000 }));
    expect(plan.portsPerSource).toBe(28_232);
    expect(plan.sources.length).toBe(36);
    expect(plan.capacity).toBe(36 * 28_232);
  });

  test('reserved and listening ports are left out, once each', () => {
    const plan = planAddresses(
      input({
        portRange: { low: 100, high: 199 },
        reserved: [[50, 109]],
        listening: [
          [105, 105],
          [150, 150],
        ] as const,
      }),
    );
    expect(plan.spans).toEqual([
      [110, 149],
      [151, 199],
    ]);
    expect(plan.portsPerSource).toBe(89);
    expect(plan.portsReserved).toBe(10);
    expect(plan.portsListening).toBe(2);
  });

  test('one source that is too few is refused with the arithmetic', () => {
    expect(() => planAddresses(input({ goal: 30_000, maxSources: 1 }))).toThrow(
      '1 source address × 28232 ports = 28232 connections to one server address, not 30000',
    );
    expect(planAddresses(input({ goal: 30_000, maxSources: 1, force: true })).capacity).toBe(28_232);
  });

  test('IPv6 has one source on the host and many in a namespace', () => {
    expect(planAddresses(input({ family: 6, goal: 28_000 })).sources).toEqual(['::1']);
    expect(() => planAddresses(input({ family: 6, goal: 30_000 }))).toThrow('use --namespace');
    expect(planAddresses(input({ family: 6, goal: 60_000, namespace: true })).sources).toEqual([
      'fd00:74:756e:65::1',
      'fd00:74:756e:65::2',
      'fd00:74:756e:65::3',
    ]);
  });

  test('no free port at all is refused', () => {
    const all: AddressInput = input({ portRange: { low: 5000, high: 5001 }, reserved: [[5000, 5001]] });
    expect(() => planAddresses(all)).toThrow(InputError);
    expect(() => planAddresses({ ...all, force: true })).toThrow('no port is free');
  });

  test('every plan that is not refused has distinct loopback sources, room for the goal, and no forbidden port', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000_000 }),
        range,
        fc.array(span, { maxLength: 4 }),
        fc.array(span, { maxLength: 4 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (goal, portRange, reserved, listening, seed) => {
          const forbidden = mergeSpans([...reserved, ...listening]);
          const isForbidden = (port: number) => forbidden.some(([low, high]) => low <= port && port <= high);
          const width = portRange.high - portRange.low + 1;
          // Sources are listed one by one: keep the list short enough for a test.
          fc.pre(goal / width < 5000);
          const request = input({ goal, portRange, reserved, listening, seed });
          const isFree = Array.from({ length: width }, (_, i) => portRange.low + i).some(
            (p) => !isForbidden(p),
          );
          if (!isFree) {
            expect(() => planAddresses(request)).toThrow(InputError);
            return;
          }
          const ports = Array.from({ length: width }, (_, i) => portRange.low + i).filter(
            (p) => !isForbidden(p),
          );
          fc.pre(goal / ports.length < 5000);
          const plan = planAddresses(request);
          expect(plan.portsPerSource).toBe(ports.length);
          expect(plan.capacity).toBeGreaterThanOrEqual(goal);
          expect(new Set(plan.sources).size).toBe(plan.sources.length);
          for (const source of plan.sources) {
            const address = parseAddress(source) ?? new Uint8Array();
            expect(isLoopback(address)).toBe(true);
            expect(address[1]).toBeGreaterThanOrEqual(1);
          }
          expect(plan.spans.flat().filter(isForbidden)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('clients walk disjoint slots that together are all of sources × ports', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 9 })), {
          minLength: 1,
          maxLength: 3,
        }),
        (clients, sourceCount, pieces) => {
          const spans = mergeSpans(pieces.map(([low, width]) => [low, low + width] as const));
          const perSource = spans.reduce((sum, [low, high]) => sum + high - low + 1, 0);
          const sources = Array.from({ length: sourceCount }, (_, i) => `s${i}`);
          const seen: string[] = [];
          for (let index = 0; index < clients; index++) {
            const own = ownSlots(sources, perSource, sourceCount * perSource, clients, index);
            const walk = walkSlots(spans, own.firstSlot, own.slots);
            while (walk.next()) seen.push(`${own.sources[walk.source()]}:${walk.port()}`);
          }
          const all = sources.flatMap((s) =>
            spans.flatMap(([low, high]) =>
              Array.from({ length: high - low + 1 }, (_, i) => `${s}:${low + i}`),
            ),
          );
          expect(seen).toEqual(all);
        },
      ),
    );
  });
});

describe('crew', () => {
  test('strict has one server however low the limit is', () => {
    expect(planCrew(500_000, 'strict', 20_000, 2)).toMatchObject({ servers: 1, clients: 26 });
  });

  test('spread has as many as the limit demands', () => {
    expect(planCrew(500_000, 'spread', 20_000, 2)).toEqual({
      servers: 26,
      clients: 26,
      upstreams: 0,
      socketsPerProcess: 19_952,
    });
    expect(planCrew(500_000, 'spread', 1_048_576, 4)).toMatchObject({ servers: 1, clients: 4 });
  });

  test('a gateway holds two files for each client, and its upstreams one', () => {
    expect(planCrew(500_000, 'spread', 20_000, 2, 2)).toEqual({
      servers: 51,
      clients: 26,
      upstreams: 26,
      socketsPerProcess: 19_952,
    });
    expect(planCrew(500_000, 'strict', 20_000, 2, 2)).toMatchObject({ servers: 1, upstreams: 26 });
  });

  test('never more clients than connections', () => {
    expect(planCrew(1, 'spread', 20_000, 8).clients).toBe(1);
  });

  test('a limit that leaves nothing is refused', () => {
    expect(() => planCrew(1, 'strict', 40, 1)).toThrow(InputError);
  });

  test('shares differ by at most one, add up, and follow each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 200 }), (total, parts) => {
        const shares = Array.from({ length: parts }, (_, i) => share(total, parts, i));
        expect(shares.reduce((sum, n) => sum + n, 0)).toBe(total);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        let start = 0;
        for (const [i, n] of shares.entries()) {
          expect(shareStart(total, parts, i)).toBe(start);
          start += n;
        }
      }),
    );
  });
});
