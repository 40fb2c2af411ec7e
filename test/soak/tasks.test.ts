/** The pure parts of the workloads: who gets which address, and the server's list of its connections. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planAddresses } from '../../src/soak/address-plan.ts';
import { spreadSlots } from '../../src/soak/slots.ts';
import { createConnectionTable } from '../../src/soak/tasks/connection-table.ts';

describe('addresses, when the kernel picks the ports', () => {
  test('each address gets its part of the share, and no port is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat(2000),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 2000 }),
        (perSource, first, count, goal) => {
          const slots = spreadSlots([[1000, 1000 + perSource - 1]], first, count, goal);
          const counts = new Map<number, number>();
          const ports = new Set<number>();
          while (slots.next()) {
            ports.add(slots.port());
            counts.set(slots.source(), (counts.get(slots.source()) ?? 0) + 1);
          }
          expect([...ports]).toEqual([0]);
          expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(goal);
          const isFair = [...counts].every(([source, n]) => {
            const from = Math.max(first, source * perSource);
            const to = Math.min(first + count, (source + 1) * perSource);
            return to > from && Math.abs(n - ((to - from) * goal) / count) <= 1;
          });
          expect(isFair).toBe(true);
        },
      ),
    );
  });

  test('more addresses are used, so that each has ports to spare', () => {
    const input = {
      goal: 20_000,
      family: 4 as const,
      portRange: { low: 32_768, high: 60_999 },
      ...{ reserved: [], listening: [], namespace: true, maxSources: null, seed: 0, force: false },
    };
    expect(planAddresses(input).sources).toHaveLength(1);
    expect(planAddresses({ ...input, fill: 0.45 }).sources).toHaveLength(2);
    expect(planAddresses({ ...input, fill: 0.45, maxSources: 1 }).sources).toHaveLength(1);
  });
});

test('the table of connections holds what a set would, and what is left to write', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ fd: fc.nat(5000), adds: fc.boolean(), left: fc.nat() }), { maxLength: 200 }),
      (steps) => {
        const table = createConnectionTable(10);
        const model = new Map<number, number>();
        const differences: number[] = [];
        for (const { fd, adds, left } of steps) {
          if (adds && !model.has(fd)) {
            table.add(fd);
            model.set(fd, 0);
          } else if (!adds) {
            table.remove(fd);
            model.delete(fd);
          }
          if (model.has(fd)) {
            table.setLeft(fd, left);
            model.set(fd, left);
          }
          differences.push(table.left(fd) - (model.get(fd) ?? 0));
        }
        expect(differences.every((difference) => difference === 0)).toBe(true);
        expect(table.count()).toBe(model.size);
        const listed = Array.from({ length: table.end() }, (_, fd) => fd).filter((fd) => table.has(fd));
        expect(listed).toEqual([...model.keys()].sort((a, b) => a - b));
      },
    ),
  );
});
