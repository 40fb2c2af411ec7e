/** Kernel text and values: what was read, what a write led to, and whether a state is one that we left behind. */
import type { KnobOutcome, KnobRecord } from '../model/change.ts';
import type { LiveWrite } from '../model/plan.ts';
import { satisfies } from '../model/relation.ts';
import { equalValues, parseValue, type Shape, type Value } from '../model/value.ts';

/** Keys of which the kernel lets only one of a pair count: writing one sets the other to 0 (mm/page-writeback.c, mm/util.c). */
const COUNTERPARTS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['vm.dirty_bytes', 'vm.dirty_ratio'],
    ['vm.dirty_background_bytes', 'vm.dirty_background_ratio'],
    ['vm.overcommit_kbytes', 'vm.overcommit_ratio'],
  ].flatMap(([a = '', b = '']) => [
    [a, b],
    [b, a],
  ]),
);

/** Keys that the kernel rounds up: to a power of two, or to a page of hash buckets. */
const ROUNDED_UP: ReadonlySet<string> = new Set([
  'net.core.rps_sock_flow_entries',
  'net.ipv4.tcp_child_ehash_entries',
  'net.netfilter.nf_conntrack_buckets',
]);
const BUCKETS_PER_PAGE = 8192n;

export function counterpartOf(key: string): string | null {
  return COUNTERPARTS[key] ?? null;
}

/** The value in kernel text, as the plan reads it: a negative number may mean "no limit". */
export function readAs({ shape, negativeMeans }: Pick<LiveWrite, 'shape' | 'negativeMeans'>, text: string) {
  const value = parseValue(shape, text);
  const unlimited = negativeMeans === 'unlimited' && value?.kind === 'integer' && value.n < 0n;
  return unlimited ? ({ kind: 'limit', n: 'unlimited' } as const) : value;
}

export function sameText(shape: Shape, a: string, b: string): boolean {
  const left = parseValue(shape, a);
  const right = parseValue(shape, b);
  return left !== null && right !== null ? equalValues(left, right) : words(a) === words(b);
}

/** Four outcomes, by meaning: what the kernel holds now against what it was given and what is wanted. */
export function judge(write: LiveWrite, held: string): KnobOutcome {
  const value = readAs(write, held);
  if (value === null) return 'clamped';
  if (equalValues(value, write.after)) return 'stored';
  return satisfies(write.wanted, value) ? 'canonicalised' : 'clamped';
}

/**
 * Could this text have come about by our own hand? What we wrote, what the kernel said it made of it, or what an
 * interrupted or refused write leaves: a vector of which the first fields are new, a port list cut short.
 */
export function isOurs(record: KnobRecord, text: string): boolean {
  const { shape, before, after, held } = record;
  if (sameText(shape, text, after) || (held !== null && sameText(shape, text, held))) return true;
  const [was, is, now] = [before, after, text].map((t) => parseValue(shape, t));
  if (was == null || is == null || now == null) return false;
  if (held === null && ROUNDED_UP.has(record.key)) return isRounded(is, now);
  if (held === null) return isPartial(was, is, now);
  return false;
}

function isRounded(is: Value, now: Value): boolean {
  return (
    is.kind === 'integer' && now.kind === 'integer' && now.n >= is.n && now.n <= 2n * is.n + BUCKETS_PER_PAGE
  );
}

function isPartial(was: Value, is: Value, now: Value): boolean {
  if (was.kind === 'tuple' && is.kind === 'tuple' && now.kind === 'tuple') {
    const count = now.fields.findIndex((field, i) => field !== is.fields[i]);
    return now.fields.every((field, i) => field === (i < count ? is : was).fields[i]);
  }
  if (is.kind === 'portSet' && now.kind === 'portSet') {
    return now.spans.every(([low, high]) => is.spans.some(([from, to]) => from <= low && high <= to));
  }
  return false;
}

function words(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}
