import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, createHistogram, upperEnd } from '../../src/soak/histogram.ts';

const value = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }));

describe('histogram', () => {
  test('every value is in the bucket that ends at or above it, within 1/32', () => {
    fc.assert(
      fc.property(value, (n) => {
        const end = upperEnd(bucketOf(n));
        expect(end).toBeGreaterThanOrEqual(n);
        expect(end - n).toBeLessThanOrEqual(n / 32);
        expect(bucketOf(end)).toBe(bucketOf(n));
        expect(bucketOf(end + 1)).toBeGreaterThanOrEqual(bucketOf(n));
      }),
    );
  });

  test('quantiles are those of the sorted list, within 1/32', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (list, q) => {
          const histogram = createHistogram();
          for (const n of list) histogram.record(n);
          const sorted = [...list].sort((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(q * list.length)) - 1] ?? 0;
          const got = histogram.quantile(q);
          expect(got).toBeGreaterThanOrEqual(exact);
          expect(got).toBeLessThanOrEqual(exact + exact / 32);
        },
      ),
    );
  });

  test('merging the parts is recording the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value)), (parts) => {
        const whole = createHistogram();
        const merged = createHistogram();
        for (const part of parts) {
          const one = createHistogram();
          for (const n of part) {
            one.record(n);
            whole.record(n);
          }
          // As it travels: over a channel that carries JSON.
          merged.merge(JSON.parse(JSON.stringify(one.encode())));
        }
        expect(merged.encode()).toEqual(whole.encode());
        expect(merged.samples()).toBe(whole.samples());
      }),
    );
  });

  test('an unsampled maximum is kept, and no sample means zero', () => {
    const histogram = createHistogram();
    expect([histogram.quantile(0.5), histogram.max()]).toEqual([0, 0]);
    histogram.see(5000);
    expect([histogram.samples(), histogram.max()]).toEqual([0, 5000]);
  });

  test('values outside the range are kept at its ends', () => {
    const histogram = createHistogram();
    histogram.record(-3);
    histogram.record(1e12);
    expect(histogram.samples()).toBe(2);
    expect(histogram.quantile(0)).toBe(0);
    expect(histogram.quantile(1)).toBe(2 ** 31 - 1);
  });
});
