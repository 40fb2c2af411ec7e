/** The server opens an upstream connection for each of its clients, and from then on passes on what either says. */
import { admission } from '../phases.ts';
import { clientsOf, round, serversOf, total, upstreamsOf } from '../run.ts';
import type { LinkTask } from '../wire.ts';
import type { Done } from './outcome.ts';
import { latencyOf } from './reopening.ts';
import { heldBy, type Stage, sum } from './stage.ts';

/** Both ends know of a connection within one turn of their loops; a SYN that met a full queue is sent again later. */
const SETTLE_MS = 5000;

export async function gateway(stage: Stage): Promise<Done> {
  const { run, crew } = stage;
  const { options, plan, upstream } = run.prepared;
  if (upstream === null) throw new Error('a gateway needs upstreams');
  const servers = serversOf(crew).filter((s) => s.end === null);
  const upstreams = upstreamsOf(crew);
  const admit = admission(crew, upstreams);
  const task: LinkTask = {
    kind: 'link',
    upstreams: upstream.addresses,
    port: upstream.port,
    from: options.address,
    window: options.window,
    connectTimeoutMs: options.connectTimeoutMs,
  };
  const begun = run.clock();
  for (let at = 0; at < servers.length && stage.end() === 'done'; at += plan.parallel) {
    await stage.assign(
      servers.slice(at, at + plan.parallel).map((s) => [s, task]),
      () => {
        admit();
        return false;
      },
    );
  }
  const openMs = run.clock() - begun;
  const opened = sum(servers);
  const taken = () => total(upstreams, (u) => u.done - u.closed);
  await stage.settle(() => {
    admit();
    return taken() >= opened.completed;
  }, SETTLE_MS);
  const completed = Math.min(opened.completed, taken());
  return {
    connections: clientsOf(crew).reduce((all, c) => all + heldBy(c), 0),
    completed,
    timedOut: opened.timedOut,
    failures: opened.failures.map((f) => ({ side: 'server' as const, ...f })),
    // A client that was turned away is found by the sweep.
    lost: 0,
    besides: completed,
    isQuiet: true,
    figures: () => ({
      name: 'gateway',
      upstreams: upstream.addresses.length,
      opened: opened.completed,
      taken: taken(),
      openMs: round(openMs),
      connectsPerSecond: openMs > 0 ? Math.round((opened.completed / openMs) * 1000) : 0,
      latency: latencyOf(opened),
      portsMissing: opened.failures
        .filter((f) => f.errno === 'EADDRNOTAVAIL')
        .reduce((all, f) => all + f.count, 0),
    }),
  };
}
