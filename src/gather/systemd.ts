/** The service manager's file limits, as its configuration files decide them. */
import { serviceLimit, systemDefault, type UnitLimit } from '../boot/systemd-limits.ts';
import type { Fact } from '../model/fact.ts';
import { numberOf } from '../model/fact.ts';
import type { FileTree } from '../model/file-tree.ts';
import type { Machine } from '../model/machine.ts';

const DEFAULT = 'systemd.DefaultLimitNOFILE';
const UNIT = 'systemd.LimitNOFILE';
/** The kernel's default, for hosts that do not show theirs. */
const NR_OPEN = 1048576n;

/** The hard limit of each, in the manager's own words; `soft` is in the text of the source. */
export function gatherSystemd(
  tree: FileTree,
  machine: Machine,
  facts: ReadonlyMap<string, Fact>,
): readonly Fact[] {
  if (machine.init !== 'systemd') return [missing(DEFAULT, 'manager'), missing(UNIT, 'service')];
  const nrOpen = numberOf(facts.get('fs.nr_open'));
  const fallback = systemDefault(tree, typeof nrOpen === 'bigint' ? nrOpen : NR_OPEN);
  const { unit } = machine.subject;
  const own = unit === null ? null : serviceLimit(tree, unit, fallback);
  return [
    fact(DEFAULT, 'manager', fallback),
    own === null ? missing(UNIT, 'service') : fact(UNIT, 'service', own),
  ];
}

function fact(key: string, scope: Fact['scope'], limit: UnitLimit): Fact {
  const where = limit.at === null ? 'built in' : `${limit.at.file}:${limit.at.line}`;
  return {
    key,
    scope,
    source: `${where} (soft ${limit.soft}, hard)`,
    reading: { state: 'value', value: { kind: 'limit', n: limit.hard } },
  };
}

function missing(key: string, scope: Fact['scope']): Fact {
  return { key, scope, source: 'systemd', reading: { state: 'absent', reason: 'not-configured' } };
}
