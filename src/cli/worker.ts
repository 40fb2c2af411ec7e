/** How this program starts itself as a soak worker. */
import type { WorkerCommand } from '../soak/crew.ts';
import { selfCommand } from './self.ts';
import { WORKER_WORD } from './words.ts';

export function workerCommand(): WorkerCommand {
  const [file = process.execPath, ...args] = selfCommand(WORKER_WORD);
  return { file, args };
}
