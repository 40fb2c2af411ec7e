/** A demonstration runs in a network namespace of its own: what it sets and sends is never the host's. */
import { execFileSync } from 'node:child_process';
import { readlinkSync, writeFileSync } from 'node:fs';

const NAMESPACE = '/proc/self/ns/net';
const INSIDE = '--inside=';

/**
 * Starts this program again in a new namespace, with its loopback up, and there calls `run` with the program's arguments;
 * outside it passes on what that printed. Needs root.
 *
 * @param {string} program the file of the program, import.meta.filename
 * @param {(args: string[]) => Promise<void>} run
 */
export async function inOwnNamespace(program, run) {
  const args = process.argv.slice(2);
  const home = args.find((arg) => arg.startsWith(INSIDE))?.slice(INSIDE.length);
  if (home === undefined) {
    const outside = `${INSIDE}${readlinkSync(NAMESPACE)}`;
    const child = ['--net', process.execPath, program, ...args, outside];
    process.stdout.write(execFileSync('unshare', child, { stdio: ['ignore', 'pipe', 'inherit'] }));
    return;
  }
  // The last line of defence: these would be the host's own settings, and its own network.
  if (readlinkSync(NAMESPACE) === home) throw new Error('not in a namespace of its own: nothing was done');
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  await run(args.filter((arg) => !arg.startsWith(INSIDE)));
}

/** Writes each KEY=VALUE of net.* in this namespace. @param {readonly string[]} assignments */
export function writeSettings(assignments) {
  for (const [key, value] of assignments.map((one) => one.split('='))) {
    if (!/^net\.[a-z0-9._]+$/.test(key)) throw new Error(`not a key of a network namespace: ${key}`);
    writeFileSync(`/proc/sys/${key.replaceAll('.', '/')}`, value);
  }
}
