/** The experiments of the virtual machine as a list, and their runs in a file of the cache. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { experimentsOf, methods, VM_KEYS } from './vm-sources.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { identityOf } = methods;

/** Whole soak reports, a megabyte or two: the cache is no part of the repository. */
export const RUNS_FILE = join(ROOT, '.cache/evidence/vm.json');

/** Every experiment of these profiles and keys; empty lists: of all. */
export async function plannedExperiments({ profile: profiles, only }) {
  const known = readdirSync(join(ROOT, 'profiles')).map((file) => file.replace(/\.yaml$/, ''));
  const wrong = [...profiles.filter((name) => !known.includes(name)), ...only.filter((key) => !isVmKey(key))];
  if (wrong.length > 0)
    throw new Error(`no such profile, or no key of the virtual machine: ${wrong.join(', ')}`);
  // c1m first: what others share with it is then measured with it in force.
  const order = ['c1m', ...known.filter((name) => name !== 'c1m')];
  return order
    .filter((name) => profiles.length === 0 || profiles.includes(name))
    .flatMap((name) => {
      const keys = keysOf(name);
      return VM_KEYS.filter(({ key }) => keys.has(key) && (only.length === 0 || only.includes(key))).flatMap(
        (plan) => experimentsOf(plan, name),
      );
    });
}

function isVmKey(key) {
  return VM_KEYS.some((plan) => plan.key === key);
}

/** Keys that a shipped profile sets, itself or through what it extends. */
function keysOf(name) {
  const document = parse(readFileSync(join(ROOT, 'profiles', `${name}.yaml`), 'utf8'));
  const inherited = document.extends === undefined ? [] : keysOf(document.extends);
  return new Set([...inherited, ...Object.keys(document.settings)]);
}

/** Runs kept so far, newest of each experiment. */
export function keptRuns() {
  return existsSync(RUNS_FILE) ? JSON.parse(readFileSync(RUNS_FILE, 'utf8')) : [];
}

/** Adds a result, in the place of an older one of the same experiment. */
export function keepRuns(result) {
  const others = keptRuns().filter((kept) => identityOf(kept.experiment) !== identityOf(result.experiment));
  mkdirSync(dirname(RUNS_FILE), { recursive: true });
  writeFileSync(RUNS_FILE, `${JSON.stringify([...others, result], null, 1)}\n`);
}
