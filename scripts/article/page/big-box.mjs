/** 512,000 connections on 6 GB, with what a connection takes today. */
import { commands, gib, group, table, whereFirst } from './markdown.mjs';

const ARTICLE_BYTES = 6 * 2 ** 30;

export function bigBox(figures) {
  const { command, connections, held, verdict, kernelPerConnection, processPerConnection } = figures;
  const isHeld = verdict === 'passed' && held === connections;
  const one = kernelPerConnection / 2;
  const left = (ARTICLE_BYTES - one * connections) / connections;
  const share = (bytes) => `${((100 * bytes * connections) / ARTICLE_BYTES).toFixed(0)} %`;
  return {
    verdict: isHeld && left > 0 ? 'true' : 'false',
    because: `${group(held)} connections were held with both ends on one machine. A server’s own end of ${group(connections)} takes ${gib(one * connections)} of kernel memory, ${share(one)} of 6 GiB.`,
    lines: [
      `${whereFirst(figures)}, a larger machine than the article’s. Kernel memory is slab. One end is counted as half: the server’s has`,
      'an epoll entry, the client’s a port of its own.',
      '',
      ...table(
        ['', 'bytes per connection', `× ${group(connections)}`, 'of 6 GiB'],
        [
          ['kernel, both ends (measured)', kernelPerConnection],
          ['kernel, the server’s end', one],
          ['tune’s processes, both ends (measured)', processPerConnection],
        ].map(([name, bytes]) => [name, group(bytes), gib(bytes * connections), share(bytes)]),
      ),
      '',
      `Beside the server’s end ${group(left)} B per connection are left of 6 GiB, for the server program, for data that waits and for the system.`,
      '',
      ...commands([command]),
    ],
  };
}
