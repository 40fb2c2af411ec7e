/** A run as the record has it, and the reports that it is distilled from, reduced to what is looked at. */
import type { Proof } from '../../scripts/proofs/proof.ts';
import type { SoakReport } from '../../src/model/soak.ts';

export const PROOF: Proof = {
  ...{ profile: 'c1m', goal: 1_000_000, place: 'vm', connections: 500_000 },
  machine: { system: 'Debian 13', kernel: '6.12.57', cpus: 2, memory: 7 * 2 ** 30, emulated: true },
  verdict: { state: 'passed', why: null },
  survival: { rebooted: true, held: 16, left: 1, lost: 0 },
  soak: {
    ...{ workload: 'idle', mode: 'strict', servers: 1, clients: 2, held: 500_000 },
    ...{ connectsPerSecond: 8_250, echoesPerSecond: 15_600, kernelBytesPerConnection: 8_204.5 },
    ...{ processBytesPerConnection: 12.3, resident: 60_000_000, leastFree: 2_000_000_000 },
    ...{ sockets: 1_000_000, countsAgree: true, figure: '500,000 of 500,000 answered a sweep in 32.1 s' },
  },
  ...{ date: '2026-11-24T21:56:44.021Z', version: '0.1.0', note: null, earlier: [] },
};

export const FAILED: Proof['verdict'] = { state: 'failed', why: 'limit; open files per process' };

export const SOAK = {
  options: { goal: 1000, workload: 'idle', mode: 'spread' },
  plan: { servers: 2, clients: 3 },
  verdict: { state: 'passed' },
  held: 1000,
  rates: { connectsPerSecond: 34_295.4, echoesPerSecond: 74_101.5 },
  memory: { kernelPerConnection: 7_913.5, processPerConnection: 45.1, resident: 62_025_728 },
  agreement: {
    agrees: true,
    kernel: [
      { source: 'snmp.CurrEstab', sockets: 2000 },
      { source: 'sockstat', sockets: 2002 },
    ],
  },
  timeline: [{ freeBytes: 500 }, { freeBytes: 300 }, { freeBytes: 400 }],
  workload: null,
  sweeps: [
    { answered: 990, sent: 1000, durationMs: 50 },
    { answered: 1000, sent: 1000, durationMs: 123 },
  ],
} as unknown as SoakReport;
