/** What may be touched: checked before the first write, because a plan may come from a file and a path may be a trap. */
import type { HostWriter, Inspection } from '../host/writer.ts';
import { MARK } from '../model/managed-file.ts';
import type { Plan, Refusal } from '../model/plan.ts';
import { formatValue } from '../model/value.ts';
import { chainOf, directoryOf, isTarget } from './paths.ts';

const KEY = /^(?:fs|net|vm|kernel)(?:\.[A-Za-z0-9_-]+)+$/;
const VALUE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const GROUP_OR_OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

export function guardPlan(plan: Plan, writer: HostWriter): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const { key, path, shape, after } of plan.writes) {
    const text = formatValue(after);
    if (!KEY.test(key) || path !== key.replaceAll('.', '/')) {
      refusals.push(refusal('bad-key', key, `${JSON.stringify(key)} is not the name of a kernel setting.`));
    }
    if (after.kind === 'limit' || !(VALUE.test(text) || (shape.kind === 'portSet' && text === ''))) {
      refusals.push(refusal('bad-value', key, `${JSON.stringify(text)} is not a value for /proc/sys.`));
    }
    if (refusals.length === 0) refusals.push(...guardKnob(key, path, writer));
  }
  for (const { path, before, after } of plan.files) {
    if (!isTarget(path)) {
      refusals.push(refusal('bad-path', path, `${JSON.stringify(path)} is not a file that tune writes.`));
    } else if ([before, after].some((text) => text !== null && !text.startsWith(MARK))) {
      refusals.push(refusal('not-ours', path, `${path} is, or would be, a file without tune's mark.`));
    } else {
      refusals.push(...guardTarget(path, writer));
    }
  }
  return refusals;
}

function guardKnob(key: string, path: string, writer: HostWriter): readonly Refusal[] {
  const open = writer.knobWritable(path);
  if (open.ok) return [];
  return [
    refusal(
      'read-only',
      key,
      `${key} cannot be written here: ${open.errno}.`,
      'Run tune on the host itself.',
    ),
  ];
}

/** A symlink or a second name at the target would make us change another file, or lose what was there. */
function guardTarget(path: string, writer: HostWriter): readonly Refusal[] {
  const found = guardDirectory(directoryOf(path), writer);
  const seen = writer.inspect(path);
  if (!seen.ok) {
    return seen.errno === 'ENOENT' || seen.errno === 'ENOTDIR'
      ? found
      : [...found, refusal('unreadable', path, `${path} cannot be looked at: ${seen.errno}.`)];
  }
  const { kind, links } = seen.value;
  if (kind !== 'file') return [...found, refusal('not-a-file', path, `${path} is a ${kind}, not a file.`)];
  if (links > 1) {
    return [
      ...found,
      refusal('hard-link', path, `${path} has ${links} names: writing it would change another file.`),
    ];
  }
  return found;
}

/** Every directory on the way must be a real one that only root (or whoever runs tune) can change, and writable to us. */
export function guardDirectory(path: string, writer: HostWriter): readonly Refusal[] {
  const { refusals, last } = guardChain(path, writer);
  return refusals.length > 0 ? refusals : guardWritable(last, writer);
}

/** `last` is the innermost directory that is there: what is missing is made later, by us. */
function guardChain(
  path: string,
  writer: HostWriter,
  sticky: 'strict' | 'sticky-is-safe' = 'strict',
): { readonly refusals: readonly Refusal[]; readonly last: string } {
  let last = '/';
  for (const step of chainOf(path)) {
    const seen = writer.inspect(step);
    if (!seen.ok && seen.errno === 'ENOENT') break;
    const trouble = seen.ok
      ? directoryTrouble(step, seen.value, writer.uid, sticky)
      : refusal('unreadable', step, `${step} cannot be looked at: ${seen.errno}.`);
    if (trouble !== null) return { refusals: [trouble], last };
    last = step;
  }
  return { refusals: [], last };
}

/** A read-only /etc or /var is found here, not half-way. */
function guardWritable(path: string, writer: HostWriter): readonly Refusal[] {
  const open = writer.writable(path);
  if (open.ok) return [];
  return [refusal('read-only', path, `${path} cannot be written: ${open.errno}.`, 'Make it writable first.')];
}

function directoryTrouble(
  path: string,
  { kind, mode, uid, gid }: Inspection,
  self: number,
  sticky: 'strict' | 'sticky-is-safe',
): Refusal | null {
  if (kind !== 'directory') {
    return refusal('not-a-directory', path, `${path} is a ${kind}, not a directory: it could lead anywhere.`);
  }
  if (uid !== 0 && uid !== self) {
    return refusal('foreign-owner', path, `${path} belongs to user ${uid}, who could change what is in it.`);
  }
  const shared = mode & (gid === 0 ? 0o002 : GROUP_OR_OTHERS_WRITE);
  // In a sticky directory such as /tmp nobody can replace a file or folder of root's.
  const safe = shared === 0 || (sticky === 'sticky-is-safe' && (mode & STICKY) !== 0);
  if (safe) return null;
  return refusal('writable-by-others', path, `${path} can be written by others (mode ${mode.toString(8)}).`);
}

/** For a file that decides what root does (a profile): nobody else may be able to change it. */
export function guardInput(path: string, writer: HostWriter): readonly Refusal[] {
  const found = guardChain(directoryOf(path), writer, 'sticky-is-safe').refusals;
  const seen = writer.inspect(path);
  if (!seen.ok) return [...found, refusal('unreadable', path, `${path} cannot be looked at: ${seen.errno}.`)];
  const { kind, mode, uid, gid } = seen.value;
  if (kind !== 'file') return [...found, refusal('not-a-file', path, `${path} is a ${kind}, not a file.`)];
  if (uid !== 0 && uid !== writer.uid) {
    return [...found, refusal('foreign-owner', path, `${path} belongs to user ${uid}.`)];
  }
  const shared = mode & (gid === 0 ? 0o002 : GROUP_OR_OTHERS_WRITE);
  return shared === 0
    ? found
    : [
        ...found,
        refusal('writable-by-others', path, `${path} can be written by others (mode ${mode.toString(8)}).`),
      ];
}

export function refusal(
  code: string,
  subject: string,
  what: string,
  remedy = 'Correct that first.',
): Refusal {
  return { code, subject, what, arithmetic: [], remedy };
}
