import { isGlob } from '../model/config-key.ts';
import { readValue } from '../model/fact.ts';
import type { BootPrediction, RuleFinding, Unchecked } from '../model/finding.ts';
import { interpretWrite } from '../model/kernel-syntax.ts';
import type { Rule } from '../model/rule.ts';
import { factOf, type Snapshot } from '../model/snapshot.ts';
import { equalValues, formatValue, type Shape, type Value } from '../model/value.ts';
import { type Assigned, assignmentsIn, excludedFromGlobs } from './support/assignments.ts';
import { globMatches } from './support/glob.ts';
import { notInKernel, whyUnknown } from './support/known.ts';
import { editedInstead, sysctlCommand } from './support/remedy.ts';
import { powerOfTwoAtLeast } from './support/sizing.ts';

const CODE = 'config-differs-from-live';
/** The kernel rounds these up to a power of two without a word. */
const ROUNDED_UP: ReadonlySet<string> = new Set([
  'net.core.rps_sock_flow_entries',
  'net.ipv4.tcp_child_ehash_entries',
]);

/** Says only that file and kernel disagree; which file wins at boot is the boot model's work. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I23'],
  title: 'The files and the running kernel say the same',
  requires: [],
  sources: ['sysctl.d(5)', 'kernel/sysctl.c proc_get_long, __do_proc_dointvec (6.12)'],
  check: ({ snapshot, predict }) => {
    const assigned = assignmentsIn(snapshot);
    const exactOnly = assigned.filter((a) => !isGlob(a));
    const excluded = excludedFromGlobs(snapshot);
    return [...snapshot.facts.keys()].flatMap((key) => {
      // Where the boot is modelled, its verdict counts: it knows every mask, glob and order.
      const boot = predict(key);
      if (boot !== null) return atBoot(snapshot, key, boot);
      const last = lastFor(key, excluded.has(key) ? exactOnly : assigned);
      return last === null ? [] : compare(snapshot, key, last);
    });
  },
};

/** An exact key beats a pattern wherever it stands; among equals the last one applied wins. */
function lastFor(key: string, assigned: readonly Assigned[]): Assigned | null {
  const exact = assigned.filter((a) => a.key === key);
  if (exact.length > 0) return exact.at(-1) ?? null;
  const path = key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
  return assigned.filter((a) => isGlob(a) && globMatches(a.path, path)).at(-1) ?? null;
}

function atBoot(snapshot: Snapshot, key: string, { by, at, value }: BootPrediction): readonly RuleFinding[] {
  const live = readValue(factOf(snapshot, key));
  if (by !== 'file' || at === null || value === null || live === null) return [];
  if (key.startsWith('limit.') || equalValues(settled(key, value, live), live)) return [];
  const where = `${at.file}:${at.line}`;
  return [
    {
      code: CODE,
      severity: 'warning',
      subject: where,
      what: `The next boot sets ${key} to \`${shorten(formatValue(value))}\` (${where}), and the kernel has \`${shorten(textOf(live)) || '(empty)'}\`.`,
      remedy: `Run \`${sysctlCommand(key, formatValue(value))}\` if the file is right, or write \`${key} = ${textOf(live)}\` to ${editedInstead(where)} if the kernel is.`,
    },
  ];
}

function compare(
  snapshot: Snapshot,
  key: string,
  { where, value }: Assigned,
): readonly (RuleFinding | Unchecked)[] {
  const live = readValue(factOf(snapshot, key));
  // A key this kernel does not have is another rule's business.
  if (live === null) {
    return notInKernel(snapshot, key)
      ? []
      : [{ code: CODE, why: `${where}: ${whyUnknown(key, factOf(snapshot, key))}` }];
  }
  // Both loaders end the text with a newline, so an empty value is not the kernel's "no change".
  const outcome = interpretWrite(shapeOf(live), `${value}\n`, live);
  const shown = `\`${shorten(textOf(live)) || '(empty)'}\``;
  if (outcome.outcome === 'rejected') {
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: where,
        what: `${where} sets ${key} to \`${shorten(value)}\`, which the kernel refuses with ${outcome.errno}; it has ${shown}.`,
        remedy: `Write \`${key} = ${textOf(live)}\` to ${editedInstead(where)} to keep what is live, or correct the text: plain numbers, no quotes, commas, units or trailing comment.`,
      },
    ];
  }
  if (outcome.outcome === 'unchanged' || equalValues(settled(key, outcome.value, live), live)) return [];
  const stored = formatValue(outcome.value);
  return [
    {
      code: CODE,
      severity: 'warning',
      subject: where,
      what: `${where} sets ${key} to \`${shorten(stored)}\`, and the kernel has ${shown}.`,
      remedy: `Run \`${sysctlCommand(key, stored)}\` if the file is right, or write \`${key} = ${textOf(live)}\` to ${editedInstead(where)} if the kernel is.`,
    },
  ];
}

/** What the kernel will show after storing this value. */
function settled(key: string, value: Value, live: Value): Value {
  if (value.kind !== 'integer') return value;
  if (live.kind === 'limit') return { kind: 'limit', n: value.n < 0n ? 'unlimited' : value.n };
  return ROUNDED_UP.has(key) && value.n > 0n ? { kind: 'integer', n: powerOfTwoAtLeast(value.n) } : value;
}

/** A limit here is an integer knob whose negative numbers mean "no limit" (tcp_max_tw_buckets). */
function shapeOf(value: Value): Shape {
  if (value.kind === 'tuple') return { kind: 'tuple', fields: value.fields.map((_, i) => `${i}`) };
  return value.kind === 'limit' ? { kind: 'integer' } : { kind: value.kind };
}

/** As the kernel would print it. */
function textOf(live: Value): string {
  return live.kind === 'limit' && live.n === 'unlimited' ? '-1' : formatValue(live);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
