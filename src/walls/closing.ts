/** Closing as a rate: TIME_WAIT for the side that closes first, orphans where the peers have gone. */
import { factOf } from '../model/snapshot.ts';
import { open, rateAt, valueIn, type WallContext, type WallFamily, withNumber } from './context.ts';
import { group, setNow } from './terms.ts';

/** TCP_TIMEWAIT_LEN, a constant of the kernel (include/net/tcp.h); no sysctl changes it. */
const TIME_WAIT_SECONDS = 60n;
/** An orphan without answer is retried this often when tcp_orphan_retries is 0 (net/ipv4/tcp_timer.c). */
const DEFAULT_RETRIES = 8n;
/** The first retransmission comes after this, each further one after twice the time. */
const FIRST_TIMEOUT_MS = 200n;
const LONGEST_TIMEOUT_MS = 120_000n;

const TIME_WAIT = {
  limit: 'TIME_WAIT sockets',
  key: 'net.ipv4.tcp_max_tw_buckets',
  side: 'both',
  scope: 'namespace',
  event: 'closes',
} as const;
const ORPHANS = {
  limit: 'orphaned sockets',
  key: 'net.ipv4.tcp_max_orphans',
  side: 'both',
  scope: 'host',
  event: 'closes',
} as const;

export const closing: WallFamily = (context) => [...timeWait(context), ...orphans(context)];

function timeWait(context: WallContext) {
  return withNumber(context, TIME_WAIT, (max) => {
    if (max === 'unlimited' || max < 0n) return [open(TIME_WAIT, 'a negative value means no limit')];
    const wanted = context.assumptions.target / 4n;
    return [
      rateAt(TIME_WAIT, max / TIME_WAIT_SECONDS, {
        current: `${max}`,
        arithmetic: `${group(max)} sockets / ${TIME_WAIT_SECONDS} s in TIME_WAIT`,
        why: 'For the side that closes first. Beyond it the state is skipped, and a late segment can hit a new connection.',
        raise:
          max >= wanted
            ? `Enough to close ${group(context.assumptions.target)} within four minutes.`
            : `${setNow(TIME_WAIT.key, wanted)}.`,
      }),
    ];
  });
}

function orphans(context: WallContext) {
  return withNumber(context, ORPHANS, (max) => {
    if (max === 'unlimited') return [open(ORPHANS, 'unlimited')];
    const fact = valueIn(factOf(context.snapshot, 'net.ipv4.tcp_orphan_retries'));
    const retries = fact?.kind === 'integer' && fact.n > 0n ? fact.n : DEFAULT_RETRIES;
    const lifeMs = orphanLifeMs(retries);
    return [
      rateAt(ORPHANS, (max * 1000n) / lifeMs, {
        current: `${max}`,
        arithmetic: `${group(max)} orphans / ${lifeMs / 1000n} s (${retries} retries to a peer that does not answer)`,
        why: 'Sockets that were closed while the peer is gone: after a network outage, say. Beyond it they are reset at once, which is usually right.',
        raise:
          `Rarely worth it (up to 64 KiB each). ${retries > 3n ? `${setNow('net.ipv4.tcp_orphan_retries', '3')} ends them sooner.` : ''}`.trim(),
      }),
    ];
  });
}

/** The sum of the waits: 0.2 s doubling, at most 120 s each. */
function orphanLifeMs(retries: bigint): bigint {
  let sum = 0n;
  let wait = FIRST_TIMEOUT_MS;
  for (let i = 0n; i <= retries; i++) {
    sum += wait;
    wait = wait * 2n > LONGEST_TIMEOUT_MS ? LONGEST_TIMEOUT_MS : wait * 2n;
  }
  return sum;
}
