/** What to do about a knob: once now, and once in the file that the next boot reads. */

/** Sorts after every `NN-` name, 99-sysctl.conf among them. */
export const SYSCTL_FILE = '/etc/sysctl.d/zz-tune.conf';

/** Where a person edits: a file below /usr or /run belongs to a package or a program, and is overridden, not edited. */
export function editedInstead(where: string): string {
  return /^\/(usr|run)\//.test(where) ? SYSCTL_FILE : where;
}

export interface Assign {
  readonly key: string;
  readonly value: string;
}

/** A sentence: `Run … now, and write … for the next boot.` */
export function setSysctl(...assigns: readonly Assign[]): string {
  return `R${setSysctlClause(...assigns).slice(1)}`;
}

/** The same after a condition: `If …, run … now, and write … for the next boot.` */
export function setSysctlClause(...assigns: readonly Assign[]): string {
  const commands = and(assigns.map(({ key, value }) => `\`${sysctlCommand(key, value)}\``));
  const lines = and(assigns.map(({ key, value }) => `\`${key} = ${value}\``));
  return `run ${commands} now, and write ${lines} to ${SYSCTL_FILE} for the next boot.`;
}

/** Quoted where a shell would split it. */
export function sysctlCommand(key: string, value: string): string {
  return /^[\w,.:-]+$/.test(value) ? `sysctl -w ${key}=${value}` : `sysctl -w ${key}="${value}"`;
}

function and(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
