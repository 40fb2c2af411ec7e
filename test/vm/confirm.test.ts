/**
 * `apply --confirm-within`: a session that dies, after or in the middle of the apply, does not keep the host in a state
 * that nobody confirmed; a confirmation does; and a reboot before the deadline is not forgotten.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differences, type Fingerprint, fingerprint, kernelValues } from './fingerprint.ts';
import { Transcript } from './guest.ts';
import { availableImages, chosenReleases, type ImageName } from './images.ts';
import { Machine } from './machine.ts';
import { type Payload, preparePayload } from './payload.ts';
import { SCENARIO_MEMORY_MIB, WIDE } from './scenario-profiles.ts';

const MINUTE = 60_000;
const { images } = await availableImages(SCENARIO_MEMORY_MIB);
const describeMachine = images === null ? describe.skip : describe;

interface Entry {
  readonly id: string;
  readonly state: string;
  readonly confirm: { readonly deadline: string; readonly by: string } | null;
  readonly undo: { readonly cause: string } | null;
}

const { run, rest } = chosenReleases('debian13');
const suite = (name: ImageName) => {
  let machine: Machine;
  let payload: Payload;
  let transcript: Transcript;
  let before: Fingerprint;

  const apply = (seconds: number) =>
    `tune apply --yes --profile /root/wide.yaml --confirm-within ${seconds}s`;
  const newest = async (): Promise<Entry | undefined> => {
    const { output } = await machine.run('tune history --format json 2>/dev/null');
    return (JSON.parse(output) as { entries: Entry[] }).entries.at(-1);
  };
  const somaxconn = async () => (await kernelValues(machine)).get('net/core/somaxconn');
  /** Types a command in a fresh root login on the console, and leaves the session as it is. */
  const typeInLogin = async (command: string) => {
    const { console } = machine;
    console.send('');
    await console.waitFor(/login: $/, 120);
    console.send('root');
    await console.waitFor(/# $/, 120);
    console.send(command);
  };
  const hangUp =
    "for s in $(loginctl list-sessions --no-legend | awk '{print $1}'); do loginctl terminate-session $s; done";
  /** Waits for what the timer does. */
  const whenUndone = async (seconds: number): Promise<Entry | undefined> => {
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      const entry = await newest();
      if (entry?.state === 'undone') return entry;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    throw new Error(`not undone within ${seconds} s: ${JSON.stringify(await newest())}`);
  };

  beforeAll(async () => {
    if (images === null) throw new Error('skipped tests have no images');
    payload = preparePayload();
    transcript = new Transcript(images[name].cache, `confirm-${name}`);
    machine = await Machine.create(images[name], { memoryMiB: SCENARIO_MEMORY_MIB, payload: payload.folder });
    await machine.check(payload.install, { timeoutSeconds: 300 });
    await machine.writeFile('/root/wide.yaml', WIDE);
    await machine.reboot();
    before = await fingerprint(machine);
  }, 10 * MINUTE);

  afterAll(async () => {
    await machine?.dispose();
    payload?.dispose();
  });

  test(
    'a session that dies after the apply: a timer puts everything back',
    async () => {
      await typeInLogin(`${apply(45)} >/dev/null; echo ex''it=$?`);
      await machine.console.waitFor(/exit=0/, 120);
      await machine.check(hangUp);
      expect(await newest()).toMatchObject({ state: 'applied', confirm: { by: 'systemd-timer' } });
      expect(await somaxconn()).toBe('32768');
      const undone = await whenUndone(120);
      transcript.add('the session died after the apply', JSON.stringify(undone, null, 2));
      expect(undone).toMatchObject({ undo: { cause: 'not confirmed in time' } });
      expect(differences(before, await fingerprint(machine))).toEqual([]);
    },
    8 * MINUTE,
  );

  test(
    'a session that dies in the middle of the apply: the same',
    async () => {
      const dying = machine.run(
        `until [ -e /var/lib/tune/journal/0002.json ]; do :; done; sleep 0.2; ${hangUp}`,
        {
          timeoutSeconds: 120,
        },
      );
      await typeInLogin(apply(30));
      await dying;
      const entry = await newest();
      transcript.add('the session died in the middle of the apply', JSON.stringify(entry, null, 2));
      expect(entry).toMatchObject({ id: '0002', confirm: { by: 'systemd-timer' } });
      process.stderr.write(`\nvm: ${name}: hung up while the apply was ${entry?.state}\n`);
      await whenUndone(120);
      expect(differences(before, await fingerprint(machine))).toEqual([]);
    },
    8 * MINUTE,
  );

  test(
    'what is confirmed in time stays',
    async () => {
      await machine.check(apply(30), { timeoutSeconds: 120 });
      expect(await machine.check('tune confirm')).toContain('Confirmed: 0003 stays.');
      await machine.check('sleep 35');
      expect(await newest()).toMatchObject({ id: '0003', state: 'applied' });
      expect(await somaxconn()).toBe('32768');
      expect(await machine.check('systemctl list-units --all --no-legend "tune-revert-*"')).toBe('');
      await machine.check('tune rollback');
      expect(differences(before, await fingerprint(machine))).toEqual([]);
    },
    8 * MINUTE,
  );

  test(
    'a reboot before the deadline: it stays in force, every command says so, and rollback undoes it',
    async () => {
      await machine.check(apply(60), { timeoutSeconds: 120 });
      await machine.reboot();
      expect(await somaxconn()).toBe('32768');
      const entry = await newest();
      expect(entry).toMatchObject({ id: '0004', state: 'applied', confirm: { confirmed: false } });
      await machine.check(
        `while [ $(date +%s) -le $(date -d ${entry?.confirm?.deadline} +%s) ]; do sleep 1; done`,
        {
          timeoutSeconds: 120,
        },
      );
      const warned = await machine.run('tune boot --limits 2>&1 >/dev/null');
      transcript.add('after a reboot and the deadline', warned.output);
      expect(warned.output).toContain('apply 0004 was not confirmed in time and nothing reverted it');
      const rollback = await machine.run('tune rollback', { timeoutSeconds: 120 });
      expect(rollback).toMatchObject({ exitCode: 0 });
      expect(differences(before, await fingerprint(machine))).toEqual([]);
    },
    8 * MINUTE,
  );
};
describeMachine.each(run)('%s', suite);
if (rest.length > 0) describe.skip.each(rest)('%s', suite);
