/**
 * The half of the evidence that a network namespace cannot give: soaks in virtual machines with a profile applied and
 * rebooted, with each setting and without it. The contract is src/evidence/experiment.ts.
 *
 *   node scripts/evidence/vm.mjs [--profile P]... [--only KEY]...
 *
 * runs them by itself, in half an hour, and keeps the runs in .cache/evidence/vm.json, where the runner finds them.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Guest } from './vm-guest.mjs';
import { keepRuns, plannedExperiments } from './vm-kept.mjs';
import { methods } from './vm-sources.mjs';

const { limitCommand, methodOf, observeLimits, observeOpeners, readersCommands, runCommand } = methods;
const { observeSame, readCommand, sameRuns, writeCommand } = methods;

const SECONDS_PER_CONNECTION = 1 / 700;
const LEAST_SECONDS = 300;

/**
 * One result for each experiment, in any order. What cannot run is a result with `refused`.
 * @param {readonly import('../../src/evidence/experiment.ts').Experiment[]} experiments
 * @param {{say: (line: string) => void, keep?: (result: object) => void}} hooks `keep` is called with each result, and writes RUNS_FILE unless it is given
 */
export async function runInVm(experiments, { say, keep = keepRuns }) {
  const results = [];
  const add = (result) => {
    results.push(result);
    keep(result);
  };
  for (const release of new Set(experiments.map(({ key }) => methodOf(key).release))) {
    const here = experiments.filter(({ key }) => methodOf(key).release === release);
    try {
      await runOn(release, here, { say, add, results });
    } catch (error) {
      // The machine itself: what it has not run by now has no other place to run.
      say(`${release}: ${error.message}`);
      const done = new Set(results.map(({ experiment }) => experiment));
      for (const experiment of here)
        if (!done.has(experiment)) add(refusal(experiment, release, error.message));
    }
  }
  return results;
}

async function runOn(release, experiments, { say, add, results }) {
  const guest = await Guest.create(release, say);
  try {
    // So that the module's values are among those that the distribution had.
    await guest.track(true);
    const before = await guest.readAll([...new Set(experiments.map(({ key }) => key))]);
    await guest.track(false);
    let applied = false;
    for (const profile of new Set(experiments.map((experiment) => experiment.profile))) {
      const here = experiments.filter((experiment) => experiment.profile === profile);
      if (applied) await guest.rollback();
      applied = false;
      const refused = await guest.apply(profile);
      if (refused !== null) {
        say(`${release}: ${refused}`);
        for (const experiment of here) add(refusal(experiment, guest.kernelRelease, refused));
        continue;
      }
      applied = true;
      say(`${release}: ${profile} is applied, and the machine has rebooted`);
      for (const experiment of here) add(await runOne(guest, experiment, before, { say, results }));
    }
  } finally {
    await guest.dispose();
  }
}

async function runOne(guest, experiment, before, { say, results }) {
  const { key, profile } = experiment;
  try {
    const withValue = await guest.read(key);
    const withoutValue = experiment.withoutValue ?? before[key];
    if (withoutValue === withValue) {
      const observed = observeSame(withValue);
      say(`${profile} ${key}: ${observed.without}`);
      const commands = [readCommand(key), readCommand(key)];
      const values = { withValue, withoutValue, commands, with: [], without: [] };
      return { experiment, profile, kernelRelease: guest.kernelRelease, ...values, observed, refused: null };
    }
    const values = { withValue, withoutValue };
    const known = results.find((result) => sameRuns(result, experiment, values));
    if (known !== undefined) {
      say(`${profile} ${key}: the same as for ${known.profile}`);
      return { ...known, experiment };
    }
    say(`${profile} ${key}: ${withValue} against ${withoutValue}, ${experiment.about}`);
    const runs = await measure(guest, experiment, values, (line) => say(`${profile} ${key}: ${line}`));
    return { experiment, profile, kernelRelease: guest.kernelRelease, ...values, refused: null, ...runs };
  } catch (error) {
    const why = error.message.split('\n')[0];
    say(`${profile} ${key}: refused: ${error.message}`);
    return refusal(experiment, guest.kernelRelease, why);
  }
}

function refusal(experiment, kernelRelease, refused) {
  const nothing = {
    withValue: '',
    withoutValue: '',
    commands: ['', ''],
    with: [],
    without: [],
    observed: null,
  };
  return { experiment, profile: experiment.profile, kernelRelease, ...nothing, refused };
}

async function measure(guest, experiment, { withValue, withoutValue }, say) {
  const { key, connections } = experiment;
  const { program, pairs } = methodOf(key);
  const limit = program === 'limit' ? await guest.read('limit.nofile.hard') : '';
  const commands = readersCommands(experiment, withoutValue, limit);
  if (program === 'soak') {
    const sides = { with: [], without: [] };
    for (let pair = 0; pair < pairs; pair++) {
      sides.with.push(await soak(guest, experiment, null, say));
      const run = () => soak(guest, experiment, withoutValue, say);
      sides.without.push(await without(guest, key, withValue, withoutValue, run));
    }
    return { commands, ...sides, observed: null };
  }
  const run = async (value) => {
    const command = program === 'limit' ? limitCommand(limit) : runCommand(experiment, value);
    const { stdout } = await guest.login('root', command, LEAST_SECONDS);
    say(stdout.trim().replaceAll('\n', ', '));
    return stdout;
  };
  const printed = [
    await run(null),
    await without(guest, key, withValue, withoutValue, () => run(withoutValue)),
  ];
  const observed = program === 'limit' ? observeLimits(limit, printed) : observeOpeners(connections, printed);
  return { commands, with: [], without: [], observed };
}

/** Runs it with the other value in the setting's place, and puts the first one back whatever happens. */
async function without(guest, key, withValue, withoutValue, run) {
  if (writeCommand(key, withoutValue) === null) return await run();
  if (methodOf(key).program === 'limit') {
    // What process 1 and the gettys have got at boot would stay with every login.
    const bootWithIt = await guest.bootWithout(key);
    try {
      const found = await guest.read(key);
      if (found !== withoutValue) throw new Error(`${key} is ${found} without its line, not ${withoutValue}`);
      return await run();
    } finally {
      await bootWithIt();
    }
  }
  await guest.write(key, withoutValue);
  try {
    return await run();
  } finally {
    await guest.write(key, withValue);
  }
}

async function soak(guest, experiment, value, say) {
  const { key, connections } = experiment;
  const { by, isTracked } = methodOf(key);
  if (isTracked) await guest.track(true);
  try {
    const seconds = LEAST_SECONDS + connections * SECONDS_PER_CONNECTION;
    const command = `${runCommand(experiment, value)} --format json`;
    const ran = await guest.login(by === 'user' ? 'alice' : 'root', command, seconds);
    if (!ran.stdout.startsWith('{'))
      throw new Error(`exit code ${ran.exitCode} of ${command}: ${ran.stderr.trim()}`);
    const report = JSON.parse(ran.stdout);
    say(inShort(report, value));
    return report;
  } finally {
    if (isTracked) {
      await guest.track(false);
      await guest.untilForgotten();
    }
  }
}

function inShort({ verdict, held, options, rates }, value) {
  const blame =
    verdict.state === 'passed' ? '' : ` (${verdict.reason}: ${verdict.blame?.key ?? 'nothing blamed'})`;
  const side = value === null ? 'with' : 'without';
  return `${side}: ${verdict.state}${blame}, ${held} of ${options.goal}, ${Math.round(rates.connectsPerSecond)} connects/s`;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const begun = performance.now();
  const say = (line) =>
    process.stderr.write(`${Math.round((performance.now() - begun) / 1000)} s: ${line}\n`);
  const results = await runInVm(await plannedExperiments(values), { say });
  process.exitCode = results.some(({ refused }) => refused !== null && !refused.startsWith('nothing'))
    ? 1
    : 0;
}
