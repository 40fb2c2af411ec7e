/** One client's walk through its share of source addresses and ports, without a list of them. Pure. */
import type { PortSpan } from '../model/value.ts';

export interface Slots {
  /** Moves to the next source ip:port; false when the share is used up. */
  next(): boolean;
  /** Index into the plan's sources, and the port, after a `next()` that was true. */
  source(): number;
  port(): number;
}

/** Slot number n is port n mod (ports per source) of source n div (ports per source). Spans are merged and in order. */
export function walkSlots(spans: readonly PortSpan[], first: number, count: number): Slots {
  const perSource = spans.reduce((sum, [low, high]) => sum + high - low + 1, 0);
  let source = Math.floor(first / perSource);
  let rest = first % perSource;
  let span = 0;
  while (rest >= width(spans[span])) {
    rest -= width(spans[span]);
    span += 1;
  }
  let port = (spans[span]?.[0] ?? 0) + rest - 1;
  let high = spans[span]?.[1] ?? 0;
  let left = count;
  return {
    next: () => {
      if (left <= 0) return false;
      left -= 1;
      port += 1;
      if (port > high) {
        span += 1;
        if (span === spans.length) {
          span = 0;
          source += 1;
        }
        port = spans[span]?.[0] ?? 0;
        high = spans[span]?.[1] ?? 0;
      }
      return true;
    },
    source: () => source,
    port: () => port,
  };
}

/**
 * The same share for `goal` connections whose ports the kernel picks: each source address gets as many as its part of
 * the share says, and the port is 0.
 */
export function spreadSlots(spans: readonly PortSpan[], first: number, count: number, goal: number): Slots {
  const perSource = spans.reduce((sum, span) => sum + width(span), 0);
  let dialled = -1;
  return {
    next: () => {
      dialled += 1;
      return dialled < goal;
    },
    source: () => Math.floor((first + Math.floor((dialled * count) / goal)) / perSource),
    port: () => 0,
  };
}

function width(span: PortSpan | undefined): number {
  return span === undefined ? 0 : span[1] - span[0] + 1;
}
