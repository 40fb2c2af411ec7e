/** The order of live writes: what must be in place before what. */
import type { LiveWrite } from '../model/plan.ts';
import type { Value } from '../model/value.ts';

/**
 * Lower goes first; keys without a rank keep the profile's order between them.
 * nr_open comes before everything that is measured against it. Reserved ports come before the range that would
 * hand them out.
 */
const RANK: Readonly<Record<string, number>> = {
  'fs.nr_open': -5,
  'fs.file-max': -4,
  'net.ipv4.ip_local_reserved_ports': -3,
  'net.ipv4.ip_unprivileged_port_start': -2,
  'net.ipv4.ip_local_port_range': -1,
  // The name of a congestion control may load its module; the discipline it needs is there by then.
  'net.core.default_qdisc': 1,
  'net.ipv4.tcp_congestion_control': 2,
};

/** Lines of a file are applied from top to bottom, to a kernel that has its defaults. */
export function orderedLines<T extends { readonly key: string }>(lines: readonly T[]): readonly T[] {
  return lines
    .map((line, i) => ({ line, i }))
    .sort((a, b) => (RANK[a.line.key] ?? 0) - (RANK[b.line.key] ?? 0) || a.i - b.i)
    .map(({ line }) => line);
}

export function ordered(writes: readonly LiveWrite[]): readonly LiveWrite[] {
  const rank = (write: LiveWrite): number => {
    // The kernel refuses a start above the range's low end, so raising the start must wait for the range.
    if (write.key === 'net.ipv4.ip_unprivileged_port_start' && rises(write.before, write.after)) return 0;
    return RANK[write.key] ?? 0;
  };
  return writes
    .map((write, i) => ({ write, i }))
    .sort((a, b) => rank(a.write) - rank(b.write) || a.i - b.i)
    .map(({ write }) => write);
}

function rises(before: Value, after: Value): boolean {
  return before.kind === 'integer' && after.kind === 'integer' && after.n > before.n;
}
