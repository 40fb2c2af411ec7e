/** tcp_mem: pages of queued data for all sockets of the host. Idle sockets hold none. */
import { factOf } from '../model/snapshot.ts';
import { open, unread, valueIn, type WallFamily, wallAt } from './context.ts';
import { dividedByEnds, group, raiseFor, setNow } from './terms.ts';

const NAME = { limit: 'TCP memory', key: 'net.ipv4.tcp_mem', side: 'both', scope: 'host' } as const;

export const tcpMem: WallFamily = ({ snapshot, assumptions }) => {
  const fact = factOf(snapshot, NAME.key);
  const value = valueIn(fact);
  const max = value?.kind === 'tuple' ? value.fields[2] : undefined;
  if (value?.kind !== 'tuple' || max === undefined) return [unread(NAME, fact)];
  const { busy, ends, target } = assumptions;
  if (busy.numerator === 0n) return [open(NAME, 'no socket is assumed to have data queued (--busy 0%)')];
  const at = (max * busy.denominator) / busy.numerator / BigInt(ends);
  // 0.75, 1 and 1.5 pages for each busy socket, none lower than it is now.
  const sockets = (target * BigInt(ends) * busy.numerator + busy.denominator - 1n) / busy.denominator;
  const wanted = [(sockets * 3n) / 4n, sockets, (sockets * 3n) / 2n].map((n, i) => {
    const now = value.fields[i] ?? 0n;
    return n > now ? n : now;
  });
  return [
    wallAt(NAME, at, {
      current: value.fields.join(' '),
      arithmetic: `${group(max)} pages / ${busy.text} of the sockets busy, one page each at least${dividedByEnds(ends)}`,
      why: 'Beyond the maximum TCP drops what arrives, for all sockets; a broadcast to all of them is --busy 100%.',
      raise: raiseFor(at, target, setNow(NAME.key, wanted.join(' '))),
    }),
  ];
};
