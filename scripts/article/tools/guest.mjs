/** A Debian 13 of its own for what is host-wide, or must be quiet: tune, Node and the programs are in it. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { loadTypeScript } from '../../vm/load-typescript.mjs';
import { PROGRAMS } from './host.mjs';

/** @returns {Promise<{machine: object, kernel: string, place: string, dispose(): Promise<void>}>} */
export async function startGuest({ memoryMiB }) {
  const { Machine } = await loadTypeScript('test/vm/machine.ts');
  const { ensureImages } = await loadTypeScript('test/vm/images.ts');
  const { preparePayload } = await loadTypeScript('test/vm/payload.ts');
  const images = await ensureImages();
  const payload = preparePayload();
  cpSync(process.execPath, join(payload.folder, 'node'), { dereference: true });
  cpSync(PROGRAMS, join(payload.folder, 'programs'), { recursive: true });
  let machine;
  try {
    machine = await Machine.create(images.debian13, { memoryMiB, payload: payload.folder });
    await machine.check(payload.install, { timeoutSeconds: 300 });
    const kernel = await machine.check('uname -r');
    const place = `a Debian 13 in a virtual machine with ${memoryMiB} MiB`;
    const dispose = async () => {
      await machine.dispose();
      payload.dispose();
    };
    return { machine, kernel, place, dispose };
  } catch (error) {
    await machine?.dispose();
    payload.dispose();
    throw error;
  }
}

/** tune in a guest, `--format json`; a limit that was met (exit code 1) is an answer. */
export async function tuneInGuest(machine, command, timeoutSeconds = 600) {
  const { exitCode, output } = await machine.run(
    `${command} --format json 2>/run/tune.err; echo; echo "exit=$?"`,
    {
      timeoutSeconds,
    },
  );
  const json = output.slice(0, output.lastIndexOf('exit='));
  if (exitCode !== 0 || !json.startsWith('{')) {
    throw new Error(`${command}: ${output.slice(-2000)} ${await machine.check('cat /run/tune.err')}`);
  }
  return JSON.parse(json);
}
