/** Slow readers that had to stop at tcp_mem's pressure mark: what the rest of them would have needed. Pure. */
import type { Blame } from '../model/soak.ts';
import type { Evidence } from './evidence.ts';

/** More than this of RAM for queued data is no setting to recommend: then the sockets must queue less. */
const MOST_OF_RAM = 0.4;
const UNSENT_BYTES = 131_072;

export function stoppedAtPressure(e: Evidence): Omit<Blame, 'code' | 'limit'> | null {
  const { workload } = e;
  const { tcpMem } = e.machine;
  if (workload?.name !== 'slow-readers' || workload.end !== 'at-limit' || tcpMem === null) return null;
  const [low, pressure, high] = tcpMem;
  if (e.floorHit || e.peak.tcpPages < pressure) return null;
  const { completed, connections } = workload;
  const times = connections / Math.max(1, completed);
  const evidence = [
    `${completed} of ${connections} slow readers filled their buffers, ${workload.bytesPerConnection} bytes each`,
    `sockstat mem reached ${e.peak.tcpPages} pages, and the pressure mark is ${pressure}`,
  ];
  const unsent = e.net.notsentLowat;
  const isTooMuch = times * workload.peak.queuedBytes > MOST_OF_RAM * e.after.memory.total;
  if (isTooMuch && unsent !== null && unsent > UNSENT_BYTES) {
    return {
      key: 'net.ipv4.tcp_notsent_lowat',
      current: String(unsent),
      needed: String(UNSENT_BYTES),
      evidence: [...evidence, `all of them would take ${Math.ceil(times * workload.peak.queuedBytes)} bytes`],
    };
  }
  const pages = Math.ceil(times * e.peak.tcpPages);
  const atLeast = (now: number, share: number) => Math.max(now, Math.ceil(share * pages));
  return {
    key: 'net.ipv4.tcp_mem',
    current: tcpMem.join(' '),
    needed: `${atLeast(low, 0.9)} ${atLeast(pressure, 1.2)} ${atLeast(high, 1.8)}`,
    evidence,
  };
}
