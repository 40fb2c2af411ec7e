/** How this program starts itself again: as a soak worker, as a watcher that outlives the terminal. */
import { isSea } from 'node:sea';

/** `node script`, or the single executable itself (whose argv[1] is its own name once more), then the words. */
export function selfCommand(...words: readonly string[]): readonly string[] {
  const script = isSea() ? undefined : process.argv[1];
  return script === undefined ? [process.execPath, ...words] : [process.execPath, script, ...words];
}
