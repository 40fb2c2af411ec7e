/** Finding a profile by name (a shipped one) or by file, with its parents. */
import { dirname, isAbsolute, join } from 'node:path';
import { linuxHost } from '../host/linux.ts';
import { InputError } from '../model/error.ts';
import type { Profile } from '../model/profile.ts';
import { buildProfile } from '../profile/build.ts';
import type { ParsedDocument } from '../profile/document.ts';
import { bakedProfiles } from '../profile/shipped.ts';
import { hint } from '../profile/suggest.ts';
import { TUNABLES } from '../tunables/index.ts';
import { JOURNALS } from '../write/paths.ts';
import { readInput } from './target.ts';

const DEFAULT_PROFILE = 'c1m';

/** The profile the user named, else the one that was applied here (if it is a shipped one), else c1m. */
export async function chooseProfile(name: string | undefined): Promise<Profile> {
  if (name !== undefined) return loadProfile(name);
  if (!linuxHost().list(JOURNALS).ok) return loadProfile(DEFAULT_PROFILE);
  const { appliedProfile } = await import('../write/history.ts');
  const applied = appliedProfile(linuxHost());
  const known = applied !== null && applied.name in (await shippedProfiles());
  return loadProfile(known ? applied.name : DEFAULT_PROFILE);
}

/** Is a profile applied on this very host? */
export async function wasApplied(): Promise<boolean> {
  if (!linuxHost().list(JOURNALS).ok) return false;
  const { appliedProfile } = await import('../write/history.ts');
  return appliedProfile(linuxHost()) !== null;
}

export async function isShipped(name: string): Promise<boolean> {
  return Object.hasOwn(await shippedProfiles(), name);
}

type Shipped = Readonly<Record<string, ParsedDocument>>;

/** @throws InputError for unknown names and for everything that is wrong in the file. */
export async function loadProfile(name: string, where = '--profile'): Promise<Profile> {
  const shipped = await shippedProfiles();
  const documents = new Map<string, ParsedDocument>();
  const start = shipped[name] ?? (await parseFile(name, where, shipped));
  for (let child = start; child.document.extends !== undefined && !documents.has(child.file); ) {
    documents.set(child.file, child);
    child = await findParent(child, shipped);
  }
  return buildProfile(start, (parent, child) => resolved.get(`${child.file}\0${parent}`) ?? start, TUNABLES);
}

/** Parents by child's file and the name it gave: the lookup that `buildProfile` walks again, without I/O. */
const resolved = new Map<string, ParsedDocument>();

async function findParent(child: ParsedDocument, shipped: Shipped): Promise<ParsedDocument> {
  const name = child.document.extends ?? '';
  const where = `${child.file}: extends`;
  const path = looksLikeFile(name) && !isAbsolute(name) ? join(dirname(child.file), name) : name;
  const parent = shipped[name] ?? (await parseFile(path, where, shipped));
  resolved.set(`${child.file}\0${name}`, parent);
  return parent;
}

export async function listShipped(): Promise<readonly Profile[]> {
  const names = Object.keys(await shippedProfiles()).sort();
  return Promise.all(names.map((name) => loadProfile(name)));
}

async function parseFile(name: string, where: string, shipped: Shipped): Promise<ParsedDocument> {
  if (!looksLikeFile(name)) {
    throw new InputError(
      `no shipped profile "${name}"${hint(name, Object.keys(shipped))}; a file of your own needs a path, such as ./${name}.yaml`,
      where,
    );
  }
  const { LARGEST_PROFILE, parseProfile } = await import('../profile/document.ts');
  return parseProfile(readInput(name, where, LARGEST_PROFILE), name);
}

function looksLikeFile(name: string): boolean {
  return name.includes('/') || /\.(ya?ml|json)$/.test(name);
}

/** Baked into the bundle by the build; read from the source tree when run from there (tests). */
async function shippedProfiles(): Promise<Shipped> {
  const baked = bakedProfiles();
  if (baked !== null) return baked;
  const { LARGEST_PROFILE, parseProfile } = await import('../profile/document.ts');
  const host = linuxHost();
  const names = host.list('profiles');
  if (!names.ok) throw new InputError('run from the top of the source tree, or build first', 'profiles');
  const documents = names.value
    .filter((name) => name.endsWith('.yaml'))
    .map((name) =>
      parseProfile(readInput(`profiles/${name}`, 'profiles', LARGEST_PROFILE), `profiles/${name}`),
    );
  return Object.fromEntries(documents.map((d) => [d.document.name, d]));
}
