/** The watcher where there is no systemd: waits, then puts an unconfirmed apply back. Started detached by apply. */
import { setTimeout as sleep } from 'node:timers/promises';
import { linuxWriter } from '../host/linux-writer.ts';
import { revertUnconfirmed } from '../write/index.ts';
import { EXIT } from './exit.ts';

export async function runWatcher([id = '', seconds = '0']: readonly string[]): Promise<number> {
  await sleep(Number(seconds) * 1000);
  const result = revertUnconfirmed(await linuxWriter({ root: '/' }), id);
  return result.outcome === 'stopped' ? EXIT.partWay : EXIT.asWanted;
}
