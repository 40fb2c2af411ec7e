/** The proof after the reboot: that everything is in force, and that one process really holds the connections. */
import type { SoakReport } from '../../src/model/soak.ts';
import type { VerifyReport } from '../../src/model/verify.ts';
import { inRootLogin, type Ran } from './guest.ts';
import type { Machine } from './machine.ts';

export interface Proof extends Ran {
  readonly report: VerifyReport;
  readonly soak: SoakReport;
}

/** `tune verify` in a root login: it names what is not in force, and holds the connections. */
export async function prove(machine: Machine, connections: number): Promise<Proof> {
  const seconds = 300 + connections * SECONDS_PER_CONNECTION;
  const ran = await inRootLogin(machine, `tune verify --connections ${connections} --format json`, seconds);
  if (!ran.stdout.startsWith('{')) throw new Error(`no report (exit code ${ran.exitCode}): ${ran.stderr}`);
  const report = JSON.parse(ran.stdout) as VerifyReport;
  if (report.soak.state !== 'ran') throw new Error(`no soak (exit code ${ran.exitCode}): ${ran.stdout}`);
  return { ...ran, report, soak: report.soak.report };
}

/** Four times what a machine takes that has the processors to itself. */
const SECONDS_PER_CONNECTION = 1 / 700;

/** The figures of a soak that a reader asks for first. */
export function figures({
  options,
  plan,
  held,
  verdict,
  agreement,
  memory,
  rates,
  perAddress,
  heldMs,
  kernelRelease,
}: SoakReport): string {
  return [
    `kernel ${kernelRelease}: ${verdict.state}, ${held} of ${options.goal} connections held by ${plan.servers} server process(es), ${options.mode}`,
    `to ${plan.server.address}:${plan.server.port} from ${plan.sources.count} addresses in ${plan.clients} client processes; at most ${perAddress.connections} from one address; held ${heldMs} ms`,
    `kernel's counts: ${agreement.kernel.map((k) => `${k.source} ${k.sockets} sockets`).join(', ')}; agrees: ${agreement.agrees}; own ${agreement.own}, accepted ${agreement.accepted}`,
    `memory per connection, both ends: kernel ${memory.kernelPerConnection} B (predicted ${plan.memory.kernelPerConnection} B), free ${memory.freePerConnection} B, processes ${memory.processPerConnection} B`,
    `${Math.round(rates.connectsPerSecond)} connects/s, ${Math.round(rates.echoesPerSecond)} echoes/s`,
  ].join('\n');
}
