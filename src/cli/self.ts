/** How this program starts itself again: as a soak worker, as a watcher that outlives the terminal. */

/** `node script` or the executable itself, then the words. */
export function selfCommand(...words: readonly string[]): readonly string[] {
  const script = process.argv[1];
  return script === undefined ? [process.execPath, ...words] : [process.execPath, script, ...words];
}
