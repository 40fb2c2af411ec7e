/** The watcher where there is no systemd: waits, then puts an unconfirmed apply back. Started detached by apply. */
import { setTimeout as sleep } from 'node:timers/promises';
import { linuxWriter } from '../host/linux-writer.ts';
import { type RollbackResult, revertUnconfirmed } from '../write/index.ts';
import { EXIT } from './exit.ts';

const RETRY_MS = 2000;
/** Ten minutes: no apply takes that long. */
const MOST_TRIES = 300;

export async function runWatcher([id = '', seconds = '0']: readonly string[]): Promise<number> {
  await sleep(Number(seconds) * 1000);
  const writer = await linuxWriter({ root: '/' });
  let result = revertUnconfirmed(writer, id);
  // Somebody is at work just now: what was not confirmed must still be put back, so wait for him.
  for (let tries = 0; tries < MOST_TRIES && isLocked(result); tries++) {
    await sleep(RETRY_MS);
    result = revertUnconfirmed(writer, id);
  }
  return result.outcome === 'stopped' ? EXIT.partWay : EXIT.asWanted;
}

function isLocked(result: RollbackResult): boolean {
  return result.outcome === 'refused' && result.refusals.some(({ code }) => code === 'locked');
}
