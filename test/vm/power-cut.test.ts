/**
 * The plug is pulled in the middle of an apply, at random moments: after the next boot tune says so, and a rollback
 * puts the host back exactly, or the apply had been complete.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differences, type Fingerprint, fingerprint } from './fingerprint.ts';
import { Transcript } from './guest.ts';
import { availableImages, chosenReleases, type ImageName } from './images.ts';
import { Machine } from './machine.ts';
import { type Payload, preparePayload } from './payload.ts';
import { SCENARIO_MEMORY_MIB, WIDE } from './scenario-profiles.ts';

const CUTS = 4;
const MINUTE = 60_000;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const { images } = await availableImages(SCENARIO_MEMORY_MIB);
const describeMachine = images === null ? describe.skip : describe;

const APPLY = 'tune apply --yes --profile /root/wide.yaml';

interface Entry {
  readonly id: string;
  readonly state: 'started' | 'applied' | 'undoing' | 'undone';
}

/** Lehmer's generator: the same seed pulls the plug at the same moments. */
function* randomShares(seed: number): Generator<number, never> {
  let state = (seed % 2147483646) + 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  // The first ones of a small seed are close to zero.
  for (let i = 0; i < 10; i += 1) next();
  for (;;) yield next();
}

const { run, rest } = chosenReleases('debian12');
const suite = (name: ImageName) => {
  let machine: Machine;
  let payload: Payload;
  let transcript: Transcript;
  let before: Fingerprint;
  /** From the journal's first appearance to the end of an apply. */
  let writingMs: number;
  let journals = 0;
  const shares = randomShares(SEED);
  const outcomes: string[] = [];

  /** Says on the console when the journal of the next apply appears: it is there before the first change. */
  const whenJournalAppears = (id: string) =>
    `(until [ -e /var/lib/tune/journal/${id}.json ]; do :; done; echo journal-${id} >/dev/ttyS0) &`;
  const nextId = () => String(journals + 1).padStart(4, '0');
  const entries = async () => {
    const { entries } = JSON.parse(await machine.check('tune history --format json')) as { entries: Entry[] };
    return entries;
  };

  beforeAll(async () => {
    if (images === null) throw new Error('skipped tests have no images');
    payload = preparePayload();
    transcript = new Transcript(images[name].cache, `power-cut-${name}`);
    machine = await Machine.create(images[name], { memoryMiB: SCENARIO_MEMORY_MIB, payload: payload.folder });
    await machine.check(payload.install, { timeoutSeconds: 300 });
    await machine.writeFile('/root/wide.yaml', WIDE);
    await machine.reboot();
    before = await fingerprint(machine);
  }, 10 * MINUTE);

  afterAll(async () => {
    const summary = outcomes.join('; ');
    process.stderr.write(`\nvm: ${name}: power cuts: ${summary}\n`);
    await machine?.dispose();
    payload?.dispose();
  });

  test(
    'without a power cut: how long it writes, and the way back',
    async () => {
      const id = nextId();
      const appeared = machine.console
        .waitFor(new RegExp(`journal-${id}`), 120)
        .then(() => performance.now());
      const applied = machine.run(`${whenJournalAppears(id)} ${APPLY}`, { timeoutSeconds: 120 });
      const began = await appeared;
      const result = await applied;
      writingMs = performance.now() - began;
      journals += 1;
      transcript.add(`${APPLY}: ${Math.round(writingMs)} ms of writing`, result.output);
      expect(result.exitCode).toBe(0);
      expect(differences(before, await fingerprint(machine)).length).toBeGreaterThan(15);
      await machine.check('tune rollback');
      expect(differences(before, await fingerprint(machine))).toEqual([]);
    },
    6 * MINUTE,
  );

  test.each(Array.from({ length: CUTS }, (_, i) => i + 1))(
    'power cut %i',
    async (cut) => {
      const id = nextId();
      // One in each quarter of the time.
      const share = (cut - 1 + shares.next().value) / CUTS;
      const appeared = machine.console.waitFor(new RegExp(`journal-${id}`), 120);
      const applying = machine.run(`${whenJournalAppears(id)} ${APPLY}`, { timeoutSeconds: 120 });
      // It may be faster than the one that was timed, and complete before the cut; the journal then has to say so.
      const gone = applying.then(
        () => 'complete',
        (error: Error) => error.message,
      );
      await appeared;
      await new Promise((resolve) => setTimeout(resolve, share * writingMs));
      await machine.kill();
      expect(await gone).toMatch(/^(complete|the machine went away)/);
      await machine.boot();

      const last = (await entries()).at(-1);
      // The journal's name may not have reached the disk; then nothing else can have changed either.
      const state = last?.id === id ? last.state : 'no journal';
      const left = differences(before, await fingerprint(machine));
      const outcome = `${Math.round(share * writingMs)} of ${Math.round(writingMs)} ms after the journal appeared: ${state}, ${left.length} differences after the boot`;
      outcomes.push(outcome);
      transcript.add(outcome, left.join('\n'));
      if (state === 'no journal') {
        expect(left).toEqual([]);
        return;
      }
      journals += 1;
      expect(['started', 'applied']).toContain(state);
      const warned = await machine.run('tune boot --limits 2>&1 >/dev/null');
      transcript.add('tune boot --limits, standard error', warned.output);
      if (state === 'started') {
        expect(warned.output).toContain(`apply ${id} of `);
        expect(warned.output).toContain(
          'was interrupted: "tune rollback" puts back what was there before it',
        );
        const refused = await machine.run(APPLY, { timeoutSeconds: 120 });
        expect(refused.exitCode).toBe(2);
        expect(refused.output).toMatch(new RegExp(`apply ${id} of \\S+ was interrupted`, 'i'));
        expect(refused.output).toContain('tune rollback');
      } else {
        expect(warned.output).toBe('');
        const again = await machine.run('tune plan --profile /root/wide.yaml');
        expect(again).toMatchObject({ exitCode: 0 });
      }
      const rollback = await machine.run('tune rollback', { timeoutSeconds: 120 });
      transcript.add(`tune rollback -> exit code ${rollback.exitCode}`, rollback.output);
      expect(rollback.exitCode).toBe(0);
      expect(differences(before, await fingerprint(machine))).toEqual([]);
      expect((await entries()).at(-1)).toMatchObject({ id, state: 'undone' });
    },
    8 * MINUTE,
  );
};
describeMachine.each(run)(`%s, seed ${SEED}`, suite);
if (rest.length > 0) describe.skip.each(rest)(`%s, seed ${SEED}`, suite);
