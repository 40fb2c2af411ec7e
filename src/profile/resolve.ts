/** Formulas → numbers, for one machine and one goal, with the arithmetic kept so that it can be shown. */
import { listeningPorts, type Machine, socketMemory } from '../model/machine.ts';
import type { Amount, Fraction, Setting, Want } from '../model/profile.ts';
import type { Relation } from '../model/relation.ts';
import type { Tunable } from '../model/tunable.ts';
import {
  formatGrouped,
  integer,
  mergeSpans,
  parsePortSet,
  type Quantity,
  type Shape,
  type Value,
  word,
} from '../model/value.ts';

export interface Resolved {
  readonly relation: Relation;
  /** One line per formula: `net.ipv4.tcp_mem.max: 1.5 × 1,000,000 = 1,500,000`. */
  readonly arithmetic: readonly string[];
}

interface Scope {
  readonly goal: bigint;
  readonly machine: Machine;
  readonly tunable: Tunable;
}

export function resolveSetting(setting: Setting, tunable: Tunable, goal: bigint, machine: Machine): Resolved {
  const arithmetic: string[] = [];
  const relation = resolveWant(setting.want, tunable.shape, { goal, machine, tunable }, arithmetic, '');
  return { relation, arithmetic };
}

function resolveWant(want: Want, shape: Shape, scope: Scope, log: string[], label: string): Relation {
  const value = (amount: Amount): Value => {
    const { n, text } = evaluate(amount, scope);
    if (amount.kind === 'formula') log.push(label === '' ? text : `${label}: ${text}`);
    return shape.kind === 'limit' || n === 'unlimited' ? { kind: 'limit', n } : integer(n);
  };
  switch (want.kind) {
    case 'exactly':
    case 'atLeast':
    case 'atMost':
      return { kind: want.kind, value: value(want.amount) };
    case 'between':
      return { kind: 'between', low: value(want.low), high: value(want.high) };
    case 'oneOf':
      return { kind: 'oneOf', values: want.values.map((v) => (typeof v === 'string' ? word(v) : value(v))) };
    case 'superset':
      return { kind: 'superset', value: resolvePorts(want.ports, shape, scope.machine) };
    case 'fields': {
      const names = shape.kind === 'tuple' ? shape.fields : [];
      const field: Shape = { kind: 'integer' };
      return {
        kind: 'fields',
        fields: names.map((name) => {
          const inner = want.fields[name];
          return inner === undefined ? null : resolveWant(inner, field, scope, log, name);
        }),
      };
    }
  }
}

function resolvePorts(text: string, shape: Shape, machine: Machine): Value {
  if (text === 'listening-ports') return { kind: 'portSet', spans: mergeSpans(listeningPorts(machine)) };
  const set = parsePortSet(text);
  const spans = set?.kind === 'portSet' ? set.spans : [];
  const [low, high] = spans[0] ?? [0, 0];
  return shape.kind === 'portRange' ? { kind: 'portRange', low, high } : { kind: 'portSet', spans };
}

interface Evaluated {
  readonly n: Quantity;
  readonly text: string;
}

function evaluate(amount: Amount, scope: Scope): Evaluated {
  if (amount.kind === 'fixed') return { n: amount.n, text: formatGrouped(amount.n) };
  const base =
    amount.shareOfRam === null ? shareOfGoal(amount.timesGoal, scope) : shareOfRam(amount.shareOfRam, scope);
  let n = base.n + amount.plus;
  let text = base.text;
  if (amount.plus !== 0n)
    text += ` ${amount.plus < 0n ? '−' : '+'} ${formatGrouped(amount.plus < 0n ? -amount.plus : amount.plus)}`;
  text += ` = ${formatGrouped(n)}`;
  if (amount.roundUpTo === 'power-of-two') {
    n = nextPowerOfTwo(n);
    text += `, next power of two ${formatGrouped(n)}`;
  }
  const floor = amount.noLessThan === null ? null : evaluate(amount.noLessThan, scope);
  if (floor !== null && floor.n !== 'unlimited' && n < floor.n) {
    n = floor.n;
    text += `, no less than ${floor.text}`;
  }
  // A share of RAM that nobody knows (a bare sysctl -a file) bounds nothing.
  const bounded =
    amount.noMoreThan !== null && !(dependsOnRam(amount.noMoreThan) && socketMemory(scope.machine) === 0n);
  const ceiling = amount.noMoreThan === null || !bounded ? null : evaluate(amount.noMoreThan, scope);
  if (ceiling !== null && ceiling.n !== 'unlimited' && n > ceiling.n) {
    n = ceiling.n;
    text += `, no more than ${ceiling.text}`;
  }
  return { n, text };
}

function shareOfGoal(times: Fraction | null, { goal }: Scope): { n: bigint; text: string } {
  const { numerator, denominator, text } = times ?? { numerator: 1n, denominator: 1n, text: '1' };
  return { n: ceilDivide(goal * numerator, denominator), text: `${text} × ${formatGrouped(goal)}` };
}

function shareOfRam(share: Fraction, { machine, tunable }: Scope): { n: bigint; text: string } {
  const bytes = wholeMemory(socketMemory(machine));
  const unit = tunable.unit === 'pages' ? BigInt(machine.pageSize) : tunable.unit === 'KiB' ? 1024n : 1n;
  const per = unit === 1n ? '' : ` ÷ ${formatGrouped(unit)}`;
  return {
    n: (bytes * share.numerator) / share.denominator / unit,
    text: `${share.text} of ${formatGrouped(bytes)} bytes ${machine.memory.lowTotal === null ? 'RAM' : 'low memory'}${per}`,
  };
}

/**
 * Rounded down to about a hundredth. A kernel finds some pages more or fewer at every boot, and what was applied in one
 * must still be as wanted in the next.
 */
function wholeMemory(bytes: bigint): bigint {
  let unit = 1n;
  while (unit * 128n <= bytes) unit <<= 1n;
  return bytes - (bytes % unit);
}

function dependsOnRam(amount: Amount): boolean {
  return amount.kind === 'formula' && amount.shareOfRam !== null;
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

export function nextPowerOfTwo(n: bigint): bigint {
  let power = 1n;
  while (power < n) power <<= 1n;
  return power;
}
