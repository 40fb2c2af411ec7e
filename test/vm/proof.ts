/** The proof after the reboot: that everything is in force, and that one process really holds the connections. */
import type { SoakReport } from '../../src/model/soak.ts';
import { inRootLogin, type Ran } from './guest.ts';
import type { Machine } from './machine.ts';

export interface Proof extends Ran {
  /** `passed` of `tune soak`, or the verdict of `tune verify`. */
  readonly soak: SoakReport;
}

export type Prove = (machine: Machine, connections: number) => Promise<Proof>;

const SECONDS_PER_CONNECTION = 1 / 700;

export const proveBySoak: Prove = async (machine, connections) => {
  // c1m's own goal is a million, for which this much memory is a warning; and nothing is lowered unless asked for.
  const ignore = 'memory-below-goal,net.ipv4.tcp_keepalive_time';
  const audit = `tune audit --profile c1m --ignore ${ignore} >/run/audit.txt`;
  const script = `${audit} && tune soak -n ${connections} --format json`;
  const ran = await inRootLogin(machine, script, 300 + connections * SECONDS_PER_CONNECTION);
  if (!ran.stdout.startsWith('{')) {
    throw new Error(
      `no report (exit code ${ran.exitCode}): ${await machine.check('cat /run/audit.txt')}${ran.stderr}`,
    );
  }
  return { ...ran, soak: JSON.parse(ran.stdout) as SoakReport };
};

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
