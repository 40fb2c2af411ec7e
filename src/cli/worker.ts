/** How this program starts itself as a soak worker. */
import type { WorkerCommand } from '../soak/crew.ts';

/** The word in argv that makes a worker; not a command for people. */
export const WORKER_WORD = 'soak-worker';

export function workerCommand(): WorkerCommand {
  const script = process.argv[1];
  return { file: process.execPath, args: script === undefined ? [WORKER_WORD] : [script, WORKER_WORD] };
}
