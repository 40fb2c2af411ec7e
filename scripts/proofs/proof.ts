/** What one run of one profile on one machine came to: the form of docs/evidence/proofs.json, and its order. */
import * as z from 'zod/mini';

const text = z.string();
const number = z.number();
const maybeNumber = z.nullable(number);
const state = z.enum(['passed', 'failed', 'inconclusive']);

const verdict = z.strictObject({
  state,
  /** What stopped it, with its numbers; null when it passed. */
  why: z.nullable(text),
});

/** Where it ran. `system` is the distribution's name and version, `kernel` the number of its release. */
const machine = z.strictObject({
  system: text,
  kernel: text,
  cpus: number,
  /** MemTotal, bytes. */
  memory: number,
  /** The processor was emulated in software: memory and limits are as on a real one, rates are not. */
  emulated: z.boolean(),
});

/** Rates per second; bytes for each connection of the soak, both its ends. Null: there was nothing to measure it by. */
const soak = z.strictObject({
  workload: text,
  mode: z.enum(['strict', 'spread']),
  servers: number,
  clients: number,
  held: number,
  connectsPerSecond: number,
  echoesPerSecond: number,
  kernelBytesPerConnection: maybeNumber,
  processBytesPerConnection: maybeNumber,
  /** Private bytes of all worker processes. */
  resident: number,
  /** Least bytes that were really free while it ran. */
  leastFree: maybeNumber,
  /** TCP sockets of this run by /proc/net/sockstat, before the last one was closed. */
  sockets: maybeNumber,
  countsAgree: z.boolean(),
  /** What the workload did, in a line. */
  figure: text,
});

/** What `tune verify` found after the reboot, in counts; null for a trial. */
const survival = z.strictObject({
  rebooted: z.boolean(),
  held: number,
  /** Recommended settings that apply left as they were. */
  left: number,
  /** Settings that are not as applied. */
  lost: number,
});

export const proofSchema = z.strictObject({
  profile: text,
  /** The profile's own; `connections` is what this run asked for. */
  goal: number,
  place: z.enum(['vm', 'here']),
  machine,
  connections: number,
  verdict,
  survival: z.nullable(survival),
  /** Null when it did not come to a soak. */
  soak: z.nullable(soak),
  /** ISO 8601, UTC. */
  date: text,
  version: text,
  /** Circumstances worth knowing, such as other work on the same machine. */
  note: z.nullable(text),
  /** Verdicts of the runs that this one took the place of, oldest first. */
  earlier: z.array(z.strictObject({ date: text, version: text, verdict })),
});

export const recordSchema = z.strictObject({
  kind: z.literal('tune-proofs'),
  schemaVersion: z.literal(1),
  proofs: z.array(proofSchema),
});

export type Proof = z.infer<typeof proofSchema>;
export type ProofRecord = z.infer<typeof recordSchema>;
export type Place = Proof['place'];

export const PLACES: readonly Place[] = ['vm', 'here'];

export const NO_PROOFS: ProofRecord = { kind: 'tune-proofs', schemaVersion: 1, proofs: [] };

/** `6.18` of `6.18.44`: a newer patch level is the same machine. */
export function seriesOf(kernel: string): string {
  return kernel.split('.').slice(0, 2).join('.');
}

/** Runs of one place on one kind of machine: a column of the table. */
export function columnOf({ place, machine: { system, kernel, emulated } }: Proof): string {
  return [place, system, seriesOf(kernel), emulated ? 'emulated' : ''].join('|');
}

const keyOf = (proof: Proof) => [proof.profile, columnOf(proof), proof.connections].join('|');

/** By goal, then profile, then place as in `PLACES`, then connections. */
function compare(a: Proof, b: Proof): number {
  return (
    a.goal - b.goal ||
    a.profile.localeCompare(b.profile, 'en') ||
    PLACES.indexOf(a.place) - PLACES.indexOf(b.place) ||
    columnOf(a).localeCompare(columnOf(b), 'en') ||
    a.connections - b.connections
  );
}

/** The record with this run in it. An older one of the same profile, machine and connections stays as a verdict. */
export function withProof(record: ProofRecord, proof: Proof): ProofRecord {
  const key = keyOf(proof);
  const before = record.proofs.find((one) => keyOf(one) === key);
  const earlier =
    before === undefined
      ? proof.earlier
      : [...before.earlier, { date: before.date, version: before.version, verdict: before.verdict }];
  const others = record.proofs.filter((one) => keyOf(one) !== key);
  return { ...record, proofs: [...others, { ...proof, earlier }].sort(compare) };
}

/** Throws when it is not such a record, naming the place in it. */
export function parseRecord(json: string): ProofRecord {
  const parsed = z.safeParse(recordSchema, JSON.parse(json));
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error));
}
