/** The 64 k myth: far more connections than there are ports, to one server ip:port. */
import { HERE, shown, tune } from '../tools/host.mjs';

const ARGS = ['soak', '-n', '200000', '--spread', '--namespace'];

export async function measure() {
  const { options, plan, verdict, held, perAddress, agreement, proven } = tune(ARGS);
  return {
    ...HERE,
    command: shown(['tune', ...ARGS]),
    goal: options.goal,
    held,
    verdict: verdict.state,
    server: `${plan.server.address}:${plan.server.port}`,
    sources: plan.sources.count,
    fromOneAddress: perAddress.connections,
    kernelCounts: agreement.kernel.map(({ source, sockets }) => ({ source, sockets })),
    proven: proven.map(({ code }) => code),
  };
}
