/** More connections than ports to one server ip:port. */
import { commands, group, table, whereFirst } from './markdown.mjs';

const PORTS = 65_536;

export function endpointMyth({
  command,
  held,
  goal,
  verdict,
  server,
  sources,
  fromOneAddress,
  kernelCounts,
  ...machine
}) {
  const isTrue = verdict === 'passed' && held > PORTS && fromOneAddress < PORTS;
  return {
    verdict: isTrue ? 'true' : 'false',
    because: `${group(held)} connections to ${server} at once, from ${sources} client addresses, at most ${group(fromOneAddress)} from one. Strictly it is per client address, server address and server port.`,
    lines: [
      `${whereFirst(machine)}; ${group(goal)} asked for, every one answered in a full sweep. Counted by the kernel, both ends:`,
      '',
      ...table(
        ['source', 'sockets'],
        kernelCounts.map(({ source, sockets }) => [source, group(sockets)]),
      ),
      '',
      ...commands([command]),
    ],
  };
}
