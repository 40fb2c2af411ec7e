/** The tool's own count beside the kernel's. Pure. */
import type { Agreement, CountSource, KernelCount } from '../model/soak.ts';
import type { KernelCounters } from './counters.ts';

export interface CountInput {
  /** Connections that are alive now, by the count of those who opened them. */
  readonly own: number;
  /** Connections that were ever established, by the clients' count. */
  readonly established: number;
  readonly accepted: number;
  /** Of `own`: a gateway's upstream connections. */
  readonly besides: number;
  readonly before: KernelCounters;
  readonly after: KernelCounters;
  /** `ss -s` output before and after; null when there is no ss. */
  readonly summary: { readonly before: string; readonly after: string } | null;
  /** In a namespace of its own nobody else opens sockets. */
  readonly alone: boolean;
  readonly cpus: number;
}

/** Other programs' sockets may come and go in a shared namespace: one in a thousand, and 64 at least. */
const OTHERS_SHARE = 0.001;
const OTHERS_LEAST = 64;
/** file-nr is a per-CPU counter summed roughly: each CPU may hold back this many (lib/percpu_counter.c). */
const FILES_PER_CPU = 64;
const FILES_LEAST = 256;

/** established and accepted must be equal, and every kernel source within its tolerance of two sockets per connection. */
export function compareCounts(input: CountInput): Agreement {
  const expected = 2 * input.own;
  const others = Math.max(OTHERS_LEAST, Math.ceil(expected * OTHERS_SHARE));
  const sockets = input.alone ? 0 : others;
  const files = Math.max(FILES_LEAST, FILES_PER_CPU * input.cpus) + others;
  const kernel: KernelCount[] = [];
  const add = (source: CountSource, before: number | null, after: number | null, tolerance: number) => {
    if (before === null || after === null) return;
    const counted = after - before;
    kernel.push({
      source,
      sockets: counted,
      connections: Math.floor(counted / 2),
      tolerance,
      agrees: Math.abs(counted - expected) <= tolerance,
    });
  };
  const { before, after } = input;
  add('sockstat', before.sockets?.inuse ?? null, after.sockets?.inuse ?? null, sockets);
  add('snmp.CurrEstab', before.tcp['Tcp.CurrEstab'] ?? null, after.tcp['Tcp.CurrEstab'] ?? null, sockets);
  if (input.summary !== null) {
    add('ss -s', parseSummary(input.summary.before), parseSummary(input.summary.after), sockets);
  }
  add('file-nr', before.openFiles?.allocated ?? null, after.openFiles?.allocated ?? null, files);
  // file-nr counts files of any kind on the whole machine, so it is shown and cannot overrule the socket counts.
  const judges = kernel.filter((count) => count.source !== 'file-nr');
  return {
    own: input.own,
    accepted: input.accepted + input.besides,
    kernel,
    agrees:
      input.established === input.accepted && judges.length > 0 && judges.every((count) => count.agrees),
  };
}

/** `TCP:   20 (estab 12, closed 3, orphaned 0, timewait 2)`: established sockets; null when it is not there. */
export function parseSummary(text: string): number | null {
  const match = /^TCP:\s+\d+ \(estab (\d+),/m.exec(text);
  return match?.[1] === undefined ? null : Number(match[1]);
}
