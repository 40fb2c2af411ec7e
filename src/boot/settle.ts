/** What the kernel makes of a loader's writes, one after the other: the value each key ends with, and whose it is. */
import type { WriteOutcome } from '../model/kernel-syntax.ts';
import type { ConfigLine } from '../model/snapshot.ts';
import type { Value } from '../model/value.ts';
import { aboutLine, type Complaint } from './complaint.ts';
import { ComplaintLog } from './complaint-log.ts';
import { type KeyKnowledge, loaderWrite } from './loader-write.ts';
import type { LoaderResult, Loss, SysctlWrite } from './sysctl-result.ts';

export interface SettleContext {
  /** By path below /proc/sys; a key of which nothing is known (null) is taken to store any text as it is. */
  readonly knowledge: (path: string) => KeyKnowledge | null;
  /** The value before the loader runs; null when unknown. */
  readonly before: (path: string) => Value | null;
}

export interface Settled {
  readonly path: string;
  /** The value the key holds afterwards; null when it is unknown (no shape, or a partial write over an unknown value). */
  readonly value: Value | null;
  /** The text of the deciding line, as the file has it; null when no write took effect. */
  readonly text: string | null;
  /** The deciding line; null when no write took effect: the key keeps what it had. */
  readonly at: ConfigLine | null;
}

export interface Settlement {
  readonly keys: ReadonlyMap<string, Settled>;
  readonly losses: readonly Loss[];
  readonly complaints: readonly Complaint[];
  /** True when the program would end with a failure, for a refused write or for what the loader's result says. */
  readonly failed: boolean;
}

export function settle(result: LoaderResult, context: SettleContext): Settlement {
  const keys = new Map<string, Settled>();
  const losses: Loss[] = [];
  const complaints = new ComplaintLog();
  let failed = result.failure !== null;
  for (const write of result.writes) {
    const { path, at } = write;
    const held = keys.get(path) ?? { path, value: context.before(path), text: null, at: null };
    const known = context.knowledge(path);
    const outcome = known === null ? null : loaderWrite(result.loader, known, write.value, held.value);
    complaints.add(...comments(write, outcome));
    if (outcome !== null && outcome.outcome === 'rejected') {
      // procps looks at the failure when it closes the file, where it has forgotten the dash.
      if (!write.ignoreFailure || result.loader === 'procps') failed = true;
      losses.push({ path, value: write.value, at, reason: 'refused', by: held.at });
      keys.set(
        path,
        outcome.partial === null ? held : { path, value: outcome.partial, text: write.value, at },
      );
      continue;
    }
    if (held.at !== null && held.text !== null) {
      losses.push({ path, value: held.text, at: held.at, reason: 'overwritten', by: at });
    }
    const value = outcome === null ? null : outcome.outcome === 'stored' ? outcome.value : held.value;
    keys.set(path, { path, value, text: write.value, at });
  }
  return { keys, losses, complaints: complaints.all(), failed };
}

function comments(write: SysctlWrite, outcome: WriteOutcome | null): readonly Complaint[] {
  const severity = write.ignoreFailure ? 'info' : 'error';
  if (outcome === null) return [];
  if (outcome.outcome === 'rejected') {
    const code = outcome.partial === null ? 'value-refused' : 'value-partly-stored';
    return [aboutLine(code, severity, write.at, outcome.errno)];
  }
  if (outcome.outcome === 'stored' && outcome.ignored !== '') {
    return [aboutLine('text-after-value', 'warning', write.at, outcome.ignored.slice(0, 80))];
  }
  return [];
}
