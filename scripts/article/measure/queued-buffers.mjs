/** What the initial buffer does once data waits: for a reader that does not read, and through two of the soak's workloads. */
import { join } from 'node:path';
import { HERE, PROGRAMS, program, shown, tune } from '../tools/host.mjs';
import { interleaved } from '../tools/statistics.mjs';
import { keysOf, SPLIT } from '../tools/variants.mjs';

const UNREAD_CONNECTIONS = 200;
/** Ethernet's, and loopback's own: the size of a segment decides what a small window costs. */
const MTUS = [1500, 65_536];
const MESSAGES = [1024, 16_384, 65_536, 1_048_576];
const ROUNDS = 3;
/** Below what other work on the machine feels; one in twenty of the slow readers does not read. */
const WORKLOADS = { 'slow-readers': 2000, broadcast: 10_000 };

const KEPT = {
  'slow-readers': ['bytesPerConnection', 'memoryPerConnection', 'fillMs', 'drainMs', 'end'],
  broadcast: ['messageBytes', 'delivered', 'megabytesPerSecond', 'sendMs', 'blockedWrites', 'end'],
};

const trialArgs = (variant, workload) => [
  ...['trial', '--profile', 'none'],
  ...Object.entries(keysOf(variant)).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ...['--workload', workload, '-n', String(WORKLOADS[workload])],
];

function unread() {
  const rows = [];
  for (const mtu of MTUS) {
    for (const bytes of MESSAGES) {
      for (const [name, variant] of Object.entries(SPLIT)) {
        const args = [join(PROGRAMS, 'unread.mjs'), String(UNREAD_CONNECTIONS), String(bytes)];
        rows.push({ mtu, bytes, name, ...program(keysOf(variant), args, { mtu }) });
      }
    }
  }
  return {
    connections: UNREAD_CONNECTIONS,
    command: `node scripts/article/programs/unread.mjs ${UNREAD_CONNECTIONS} BYTES`,
    variants: SPLIT,
    rows,
  };
}

async function workloads() {
  const names = ['today', 'article'];
  const result = {};
  for (const [workload, connections] of Object.entries(WORKLOADS)) {
    const runs = await interleaved(names, ROUNDS, async (name) => {
      const [{ soak }] = tune(trialArgs(SPLIT[name], workload)).trials;
      const kept = KEPT[workload].map((field) => [field, soak.workload[field]]);
      return {
        verdict: soak.verdict.state,
        ...Object.fromEntries(kept),
        peakQueuedBytes: soak.workload.peak.queuedBytes,
        segmentsRetransmitted: soak.workload.counters['Tcp.RetransSegs'] ?? 0,
        receiveQueuesPruned: soak.workload.counters['TcpExt.PruneCalled'] ?? 0,
      };
    });
    result[workload] = {
      connections,
      variants: names.map((name) => ({
        name,
        ...SPLIT[name],
        command: shown(['tune', ...trialArgs(SPLIT[name], workload)]),
        runs: runs[name],
      })),
    };
  }
  return result;
}

export async function measure() {
  return { ...HERE, unread: unread(), workloads: await workloads() };
}
