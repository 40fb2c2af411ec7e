/** From an order to the task that carries it out, on a client. */
import type { Libc } from '../libc.ts';
import type { ClientSetup, ClientTask, ServerTask } from '../wire.ts';
import { createClose } from './close.ts';
import { createReceive } from './receive.ts';
import { createReopen } from './reopen.ts';
import { createSwallow } from './swallow.ts';
import type { Task } from './tally.ts';

/** `count` of `fds` were opened in the ramp. */
export function createClientTask(
  libc: Libc,
  setup: ClientSetup,
  listener: number,
  fds: Int32Array,
  count: number,
  task: ClientTask | ServerTask,
): Task | null {
  switch (task.kind) {
    case 'receive':
      return createReceive(libc, fds, count, task.bytes, task.patienceMs);
    case 'swallow':
      return createSwallow(libc, fds, count);
    case 'close':
      return createClose(libc, fds, Math.min(count, task.connections));
    case 'reopen':
      return createReopen(libc, setup, listener, fds, task.connections, task.isPaced);
    default:
      return null;
  }
}
