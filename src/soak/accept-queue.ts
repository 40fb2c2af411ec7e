/** How full the listener's accept queue is: what keeps the clients from outrunning the servers. */
import { IPPROTO_TCP, TCP_INFO } from './constants.ts';
import type { Libc } from './libc.ts';

/** For a listening socket the kernel puts the queue's length and limit into these fields of struct tcp_info. */
const INFO_BYTES = 32;
const UNACKED_WORD = 6;
const SACKED_WORD = 7;

export interface AcceptQueue {
  /** Connections waiting to be accepted. */
  readonly length: number;
  /** The backlog in force: min(listen's argument, somaxconn). */
  readonly limit: number;
}

/** Returns a function that asks anew on each call; null when the descriptor is no listener. */
export function watchAcceptQueue(libc: Libc, listener: number): () => AcceptQueue | null {
  const info = libc.allocate(INFO_BYTES);
  const size = libc.allocate(4);
  const state = { length: 0, limit: 0 };
  return () => {
    size.int32[0] = INFO_BYTES;
    if (libc.getsockopt(listener, IPPROTO_TCP, TCP_INFO, info.address, size.address) < 0) return null;
    state.length = info.int32[UNACKED_WORD] ?? 0;
    state.limit = info.int32[SACKED_WORD] ?? 0;
    return state;
  };
}

/** How many connects may start now: up to half of the queue may be in use, and at least one always fits an empty one. */
export function roomIn(queue: AcceptQueue | null): number {
  if (queue === null) return Number.MAX_SAFE_INTEGER;
  return Math.max(1, Math.ceil(queue.limit / 2)) - queue.length;
}
