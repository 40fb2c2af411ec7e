/** Facts as a rule wants them: a number or nothing, and the sentence for what could not be looked at. */
import { type AbsentReason, type Fact, numberOf, readValue } from '../../model/fact.ts';
import type { Unchecked } from '../../model/finding.ts';
import { factOf, type Snapshot } from '../../model/snapshot.ts';
import type { Quantity } from '../../model/value.ts';

export function integerOf(snapshot: Snapshot, key: string): bigint | null {
  const n = numberOf(factOf(snapshot, key));
  return n === 'unlimited' ? null : n;
}

export function quantityOf(snapshot: Snapshot, key: string): Quantity | null {
  return numberOf(factOf(snapshot, key));
}

export type Triple = readonly [bigint, bigint, bigint];

export function tripleOf(snapshot: Snapshot, key: string): Triple | null {
  const value = readValue(factOf(snapshot, key));
  if (value?.kind !== 'tuple') return null;
  const [a, b, c] = value.fields;
  return a === undefined || b === undefined || c === undefined ? null : [a, b, c];
}

export function wordOf(snapshot: Snapshot, key: string): string | null {
  const value = readValue(factOf(snapshot, key));
  return value?.kind === 'word' ? value.word : null;
}

/** True when the kernel plainly lacks the feature, so that a rule about it does not apply. */
export function notInKernel(snapshot: Snapshot, key: string): boolean {
  const reading = factOf(snapshot, key)?.reading;
  return reading?.state === 'absent' && reading.reason === 'not-in-this-kernel';
}

/** One result that says which of the keys a rule needs could not be used, and why. */
export function unchecked(code: string, snapshot: Snapshot, keys: readonly string[]): readonly Unchecked[] {
  const unread = keys.filter((key) => readValue(factOf(snapshot, key)) === null);
  const named = unread.length > 0 ? unread : keys;
  return [{ code, why: named.map((key) => whyUnknown(key, factOf(snapshot, key))).join('; ') }];
}

const ABSENT: Readonly<Record<AbsentReason, string>> = {
  'module-not-loaded': 'is absent: its module is not loaded',
  'not-in-this-kernel': 'is absent: this kernel does not have it',
  'child-namespace': 'is not visible from a child network namespace',
  sandbox: 'is absent: the sandbox does not implement it',
  'not-captured': 'is not in the capture',
  'not-configured': 'is not configured here',
};

export function whyUnknown(key: string, fact: Fact | undefined): string {
  const reading = fact?.reading;
  switch (reading?.state) {
    case undefined:
      return `${key} was not read`;
    case 'absent':
      return `${key} ${ABSENT[reading.reason]}`;
    case 'denied':
      return `${key} could not be read (${reading.errno})`;
    case 'unparsable':
      return `${key} holds text that is not a value of its kind: ${JSON.stringify(reading.text)}`;
    case 'value':
      return `${key} holds a value of another kind than expected`;
  }
}
