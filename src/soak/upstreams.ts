/** Where a gateway's upstream connections lead: how many addresses, and which. Pure. */
import { SIX_PREFIX } from './address-plan.ts';
import type { Family } from './sockaddr.ts';

/**
 * Connections for each upstream address. Just below the 28,232 ports of the kernel's default range, so that the default
 * can hold them; and within every second port of 1024-65535, which the kernel looks at first (inet_hash_connect):
 * beyond that half a connect takes milliseconds.
 */
const PER_ADDRESS = 28_000;
/** 127.0.1.1 and on: clear of 127.0.0.x, where local services sit, and of the clients, who begin at 127.1.0.1. */
const PER_BLOCK = 254;
const BLOCKS = 254;
/** On IPv6 they are counted down from here; the clients are counted up from 1. */
const SIX_LAST = 0xfffe;

export function upstreamAddresses(goal: number, family: Family, namespace: boolean): readonly string[] {
  const wanted = Math.min(PER_BLOCK * BLOCKS, Math.max(1, Math.ceil(goal / PER_ADDRESS)));
  // Without a namespace of its own an IPv6 host has one loopback address.
  if (family === 6 && !namespace) return ['::1'];
  return Array.from({ length: wanted }, (_, i) =>
    family === 6
      ? `${SIX_PREFIX}${(SIX_LAST - i).toString(16)}`
      : `127.0.${1 + Math.floor(i / PER_BLOCK)}.${1 + (i % PER_BLOCK)}`,
  );
}
