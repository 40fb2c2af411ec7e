/**
 * A worker process: takes orders over IPC, works in short slices, and ends when the channel does. A killed
 * coordinator therefore leaves no process, and no socket, behind.
 */
import { O_WRONLY, PR_SET_PDEATHSIG, SIGKILL } from './constants.ts';
import { type Libc, type LoadFfi, loadLibc } from './libc.ts';
import { settleMemory } from './own-memory.ts';
import { compileEarly, rehearse } from './rehearsal.ts';
import { CHANNEL_FD, type Order } from './wire.ts';
import { attend } from './worker-client.ts';
import { tell } from './worker-news.ts';
import { serve } from './worker-server.ts';

/** The kernel's out-of-memory killer takes this process before any other of the host. */
const OOM_FIRST = '1000';

/** Runs this process as a worker until its coordinator is gone. */
export async function runWorker(loadFfi?: LoadFfi): Promise<void> {
  if (process.send === undefined) throw new Error('worker: started without a channel to a coordinator');
  process.on('disconnect', () => process.exit(0));
  try {
    const libc = await loadLibc(loadFfi);
    compileEarly();
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!process.connected) process.exit(0);
    offerToOomKiller(libc);
    process.once('message', (order: Order) => {
      if (order.type !== 'setup') return;
      rehearse(libc, order.server.address, CHANNEL_FD);
      settleMemory();
      if (order.role === 'client') attend(libc, order);
      else serve(libc, order);
    });
    // The coordinator sends the setup once the channel is there; nothing else is needed before it.
  } catch (error) {
    tell({ type: 'broken', message: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  }
}

function offerToOomKiller(libc: Libc): void {
  const path = libc.allocate(64);
  const value = libc.allocate(8);
  path.bytes.set(Buffer.from('/proc/self/oom_score_adj'));
  value.bytes.set(Buffer.from(OOM_FIRST));
  const fd = libc.open(path.address, O_WRONLY);
  if (fd < 0) return;
  libc.write(fd, value.address, OOM_FIRST.length);
  libc.close(fd);
}
