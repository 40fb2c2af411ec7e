/** What a plan rests on, as text that can be compared later; and what moved since. */
import type { Reading } from '../model/fact.ts';
import type { BasisFact, FileChange, LiveWrite, Plan, StaleFact } from '../model/plan.ts';
import { factOf } from '../model/snapshot.ts';
import { formatValue } from '../model/value.ts';
import { sha256 } from './digest.ts';
import type { PlanInput } from './input.ts';
import type { LineNeed } from './needs.ts';

/** The present state of the host, as a plan looks at it. */
export type World = Pick<PlanInput, 'snapshot' | 'boot' | 'existing'>;

export function basisOf(
  world: World,
  target: Plan['target'],
  parts: {
    readonly writes: readonly LiveWrite[];
    readonly lines: readonly LineNeed[];
    readonly files: readonly FileChange[];
  },
): readonly BasisFact[] {
  const written = parts.writes.map(({ key }) => key);
  const lined = parts.lines.map(({ key }) => key);
  const ids = [
    ...(target === 'host' ? ['machine:boot-id', 'machine:kernel', 'machine:memory'] : []),
    ...(target === 'host' && lined.some((key) => /nofile/i.test(key)) ? ['live:fs.nr_open'] : []),
    ...written.map((key) => `live:${key}`),
    ...(lined.some((key) => /nofile/i.test(key)) ? ['boot:fs.nr_open'] : []),
    ...lined.map((key) => `boot:${key}`),
    ...([...written, ...lined].includes('net.ipv4.ip_local_reserved_ports') ? ['machine:listeners'] : []),
    ...parts.files.map(({ path }) => `file:${path}`),
  ];
  return [...new Set(ids)].map((id) => ({ id, value: lookUp(id, world) }));
}

/** Facts of the plan's basis that are not what they were; empty when the plan may be executed. */
export function staleFacts(plan: Plan, world: World): readonly StaleFact[] {
  return plan.basis
    .map(({ id, value }) => ({ id, was: value, is: lookUp(id, world) }))
    .filter(({ was, is }) => was !== is);
}

function lookUp(id: string, { snapshot, boot, existing }: World): string {
  const colon = id.indexOf(':');
  const name = id.slice(colon + 1);
  switch (id.slice(0, colon)) {
    case 'live':
      return readingText(factOf(snapshot, name)?.reading);
    case 'boot': {
      const outcome = boot.outcome(name);
      if (outcome === null) return 'not modelled';
      const value = outcome.value === null ? 'unknown' : formatValue(outcome.value);
      const by = outcome.winner === null ? 'the default' : `${outcome.winner.file}:${outcome.winner.line}`;
      const later = outcome.later.map(({ file, line }) => `${file}:${line}`);
      return [`${value} by ${by}`, ...(later.length > 0 ? [`later ${later.join(' ')}`] : [])].join(', ');
    }
    case 'file': {
      const text = existing.get(name);
      return text === undefined ? 'absent' : `sha256 ${sha256(text)}`;
    }
    default:
      return machineText(name, snapshot);
  }
}

function machineText(name: string, { machine }: World['snapshot']): string {
  switch (name) {
    case 'boot-id':
      return machine.bootId ?? 'unknown';
    case 'kernel':
      return `${machine.kernelRelease} ${machine.arch}`;
    case 'memory':
      return `${machine.memory.total} bytes, limited to ${machine.cgroup.memoryMax ?? 'no less'}`;
    case 'listeners':
      return (
        [...new Set(machine.listeners.map(({ port }) => port))].sort((a, b) => a - b).join(',') || 'none'
      );
    default:
      return 'unknown';
  }
}

function readingText(reading: Reading | undefined): string {
  switch (reading?.state) {
    case 'value':
      return formatValue(reading.value);
    case 'absent':
      return `absent: ${reading.reason}`;
    case 'denied':
      return `denied: ${reading.errno}`;
    case 'unparsable':
      return `unparsable: ${reading.text}`;
    case undefined:
      return 'not gathered';
  }
}
