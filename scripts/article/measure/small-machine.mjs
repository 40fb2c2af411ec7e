/** What the article's 512,000 connections take of the kernel today: held on this machine, both ends. */
import { HERE, shown, tune } from '../tools/host.mjs';

const CONNECTIONS = 512_000;
const ARGS = ['soak', '-n', String(CONNECTIONS), '--spread', '--namespace'];

export async function measure() {
  const { verdict, held, memory, agreement } = tune(ARGS);
  return {
    ...HERE,
    command: shown(['tune', ...ARGS]),
    connections: CONNECTIONS,
    held,
    verdict: verdict.state,
    kernelPerConnection: memory.kernelPerConnection,
    processPerConnection: memory.processPerConnection,
    slab: memory.slab,
    kernelCounts: agreement.kernel.map(({ source, sockets }) => ({ source, sockets })),
  };
}
