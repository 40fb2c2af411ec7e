/** What no soak shows of keepalives, since its peers are all alive: clients that are gone without a word. Pure. */
import type { KeyPlan, PlannedExperiment } from './key-plan.ts';

/** The least that the profiles allow: a dead client is found after 60 + 3 × 10 s, and the demonstration watches for 110 s. */
const SOONEST = {
  'net.ipv4.tcp_keepalive_time': '60',
  'net.ipv4.tcp_keepalive_intvl': '10',
  'net.ipv4.tcp_keepalive_probes': '3',
} as const;

function planFor(key: keyof typeof SOONEST, withoutValue: string, about: string): KeyPlan {
  const { [key]: withValue, ...also } = SOONEST;
  const experiment: PlannedExperiment = {
    ...{ place: 'namespace', workload: 'idle', connections: 50, withValue, withoutValue, also },
    ...{ about: `50 clients are gone without a word, and the server’s sockets ask for keepalives; ${about}` },
    ...{ demonstration: 'vanished-peers', amountsTo: 'helps' },
  };
  return { key, experiments: [experiment] };
}

export const KEEPALIVE_KEYS: readonly KeyPlan[] = [
  planFor('net.ipv4.tcp_keepalive_time', '7200', 'the kernel’s own value'),
  planFor('net.ipv4.tcp_keepalive_intvl', '600', 'beyond what the profiles allow'),
  planFor('net.ipv4.tcp_keepalive_probes', '100', 'beyond what the profiles allow'),
];
