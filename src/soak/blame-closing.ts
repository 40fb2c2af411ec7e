/** Limits that show when connections close and come back: rows of the blame table. */
import { type BlameRow, type Evidence, find, isShortOfTime, moved, onHost, say, text } from './evidence.ts';

/** The kernel's own default range (net/ipv4/af_inet.c): a narrower one is itself the cause. */
const DEFAULT_WIDTH = 60_999 - 32_768 + 1;

export const CLOSING_ROWS: readonly BlameRow[] = [
  {
    code: 'time-wait-kept',
    limit: 'ports kept in TIME_WAIT',
    judges: onHost,
    proof: { test: 'workloads: reconnect: ports that TIME_WAIT keeps, with %s' },
    match: (e) => {
      const failures = [...find(e, 'EADDRNOTAVAIL'), ...find(e, 'EADDRINUSE', ['bind'])];
      const { low, high } = e.plan.portRange;
      const work = e.workload?.name === 'reconnect' ? e.workload : null;
      // Late counts as well: the kernel looks at every port that TIME_WAIT keeps, for milliseconds a connect.
      const isShort = work !== null && (failures.length > 0 || isShortOfTime(work));
      if (!isShort || e.peak.timeWait === 0 || high - low + 1 < DEFAULT_WIDTH) return null;
      const cause = whyKept(e);
      if (cause === null) return null;
      return {
        ...cause,
        evidence: [
          ...say(failures),
          `sockets in TIME_WAIT reached ${e.peak.timeWait}, and ${moved(e, 'TcpExt.TWRecycled')} were reused`,
          ...(work === null
            ? []
            : [`${work.reopened} of ${work.closed} opened again, ${work.connectsPerSecond} a second`]),
          `ports ${low}-${high} from ${e.plan.sources.count} source address${e.plan.sources.count === 1 ? '' : 'es'}`,
        ],
      };
    },
  },
];

/** tcp_twsk_unique (net/ipv4/tcp_ipv4.c): reuse needs the key, timestamps, and for a newer kernel its delay to be over. */
function whyKept({ net }: Evidence): { key: string; current: string | null; needed: string } | null {
  if (net.twReuse === 0) return { key: 'net.ipv4.tcp_tw_reuse', current: '0', needed: '1' };
  if (net.timestamps === 0) return { key: 'net.ipv4.tcp_timestamps', current: '0', needed: '1' };
  if (net.twReuseDelay !== null && net.twReuseDelay > 1000) {
    return { key: 'net.ipv4.tcp_tw_reuse_delay', current: text(net.twReuseDelay), needed: '1000' };
  }
  return null;
}
