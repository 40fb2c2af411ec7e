/** Where the system manager finds a unit's file and its drop-ins (systemd.unit(5), src/shared/dropin.c). */
import type { ConfFile } from './conf-files.ts';
import { entriesOf, type FileTree } from './tree.ts';

/** Highest precedence first. */
export const UNIT_DIRECTORIES = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
] as const;

/** The unit's own file, or that of its template; null when there is none. Aliases are not followed. */
export function unitFile(tree: FileTree, unit: string): ConfFile | null {
  for (const name of [unit, templateOf(unit)]) {
    if (name === null) continue;
    for (const directory of UNIT_DIRECTORIES) {
      const entry = entriesOf(tree, directory).find((e) => e.name === name);
      if (entry !== undefined) return { path: `${directory}/${name}`, entry };
    }
  }
  return null;
}

/** Drop-in directories, highest precedence first: a more specific name counts only within one unit directory. */
export function dropInDirectories(unit: string): readonly string[] {
  const names = dropInNames(unit);
  const own = UNIT_DIRECTORIES.flatMap((directory) => names.map((name) => `${directory}/${name}.d`));
  const type = unit.slice(unit.lastIndexOf('.') + 1);
  return [...own, ...UNIT_DIRECTORIES.map((directory) => `${directory}/${type}.d`)];
}

/** `a-b@c.service`: itself, its template with the template's own prefixes, then `a-@c.service`. */
export function dropInNames(unit: string): readonly string[] {
  const template = templateOf(unit);
  const shorter = dashPrefix(unit);
  const names = [
    unit,
    ...(template === null ? [] : dropInNames(template)),
    ...(shorter === null ? [] : dropInNames(shorter)),
  ];
  return [...new Set(names)];
}

/** `a-b-c.service` → `a-b-.service` → `a-.service`; null when no dash is left to cut at. */
function dashPrefix(unit: string): string | null {
  const match = /^([^@]*)(@.*)?(\.[a-z]+)$/.exec(unit);
  if (match === null) return null;
  const [, prefix = '', instance = '', type = ''] = match;
  const cut = prefix.replace(/-$/, '').lastIndexOf('-');
  return cut <= 0 ? null : `${prefix.slice(0, cut + 1)}${instance}${type}`;
}

function templateOf(unit: string): string | null {
  return /@[^.@]+\./.test(unit) ? unit.replace(/@.+(?=\.[a-z]+$)/, '@') : null;
}
