/**
 * tcp_mem: pages of queued data for all sockets of the host. Idle sockets hold none; data is queued at one end at a time,
 * the sender's until it arrives and the receiver's until it is read, so both ends on one host do not count twice.
 */
import { factOf } from '../model/snapshot.ts';
import { open, unread, valueIn, type WallFamily, wallAt } from './context.ts';
import { bytes, group, raiseFor, setNow } from './terms.ts';

const NAME = { limit: 'TCP memory', key: 'net.ipv4.tcp_mem', side: 'both', scope: 'host' } as const;

/** Of a page, what the buffer's own structures take: 3,200 bytes fit into 4,096, 3,300 do not (measured on 6.12). */
const OVERHEAD = 1_024;

export const tcpMem: WallFamily = ({ snapshot, assumptions }) => {
  const fact = factOf(snapshot, NAME.key);
  const value = valueIn(fact);
  const max = value?.kind === 'tuple' ? value.fields[2] : undefined;
  if (value?.kind !== 'tuple' || max === undefined) return [unread(NAME, fact)];
  const { busy, target } = assumptions;
  if (busy.numerator === 0n) return [open(NAME, 'no socket is assumed to have data queued (--busy 0%)')];
  const at = (max * busy.denominator) / busy.numerator;
  // 0.75, 1 and 1.5 pages for each busy connection, none lower than it is now.
  const sockets = (target * busy.numerator + busy.denominator - 1n) / busy.denominator;
  const wanted = [(sockets * 3n) / 4n, sockets, (sockets * 3n) / 2n].map((n, i) => {
    const now = value.fields[i] ?? 0n;
    return n > now ? n : now;
  });
  return [
    wallAt(NAME, at, {
      current: value.fields.join(' '),
      arithmetic: `${group(max)} pages / ${busy.text} of the connections busy, one page each: a message of up to ${bytes(BigInt(snapshot.machine.pageSize - OVERHEAD))}`,
      why: 'Beyond the maximum a socket that has data queued gets no more: what arrives is dropped and sent again, for all sockets. A broadcast to all of them is --busy 100%.',
      raise: raiseFor(at, target, setNow(NAME.key, wanted.join(' '))),
    }),
  ];
};
