/**
 * Ports that a wider ip_local_port_range must not hand out. A write to ip_local_reserved_ports replaces the whole
 * set, so what is reserved already is always part of what is written.
 */

import { readValue } from '../model/fact.ts';
import { listeningPorts } from '../model/machine.ts';
import type { LiveWrite, Refusal } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { factOf } from '../model/snapshot.ts';
import { coversPorts, mergeSpans, type PortSpan, type Value } from '../model/value.ts';
import type { PlanInput } from './input.ts';
import type { Managed } from './managed.ts';
import type { LineNeed, Needs } from './needs.ts';

const RANGE = 'net.ipv4.ip_local_port_range';
const RESERVED = 'net.ipv4.ip_local_reserved_ports';
const DEFAULT_LOW = 32768;

/** Adds what must be reserved when the plan changes the range or the reserved ports themselves. */
export function withReservedPorts(needs: Needs, input: PlanInput, managed: Managed): Needs {
  const tunable = input.tunables.get(RESERVED);
  const write = needs.writes.find((w) => w.key === RANGE);
  const line = needs.lines.find((l) => l.key === RANGE);
  const concerned = [...needs.writes, ...needs.lines].some(({ key }) => key === RANGE || key === RESERVED);
  if (!concerned || tunable === undefined) return needs;
  const { snapshot } = input;
  const range = rangeOf(write?.after ?? line?.value ?? readValue(factOf(snapshot, RANGE)));
  const running = input.options.target === 'host';
  const taken =
    range === null || !running
      ? []
      : listeningPorts(snapshot.machine).filter(([port]) => inside(port, range));
  const live = spansOf(readValue(factOf(snapshot, RESERVED)));
  const unknown = unknownListeners(snapshot, range, (write ?? line) !== undefined);

  const ownWrite = needs.writes.find((w) => w.key === RESERVED);
  const after = mergeSpans([...live, ...spansOf(ownWrite?.after ?? null), ...taken]);
  const writes =
    !running || coversPorts(live, after)
      ? needs.writes
      : [...needs.writes.filter((w) => w.key !== RESERVED), reservedWrite(live, after, ownWrite, tunable)];

  const ownLine = needs.lines.find((l) => l.key === RESERVED);
  const outcome = input.boot.outcome(RESERVED);
  const booted = spansOf(outcome?.value ?? null);
  const atBoot = mergeSpans([...booted, ...live, ...spansOf(ownLine?.value ?? null), ...taken]);
  const lines =
    ownLine === undefined && coversPorts(booted, atBoot) && !managed.decides(RESERVED, outcome)
      ? needs.lines
      : [...needs.lines.filter((l) => l.key !== RESERVED), reservedLine(atBoot, ownLine, tunable)];
  return { ...needs, writes, lines, refusals: [...needs.refusals, ...unknown] };
}

const WHY =
  'Ports of services that listen here and lie inside the local port range: the kernel must not hand them out to ' +
  'outgoing connections. Merged with what was reserved before.';

function reservedWrite(
  before: readonly PortSpan[],
  after: readonly PortSpan[],
  own: LiveWrite | undefined,
  tunable: LineNeed['tunable'],
): LiveWrite {
  const value: Value = { kind: 'portSet', spans: after };
  return {
    key: RESERVED,
    path: RESERVED.replaceAll('.', '/'),
    shape: tunable.shape,
    negativeMeans: null,
    before: { kind: 'portSet', spans: before },
    after: value,
    wanted: { kind: 'superset', value },
    reason: own?.reason ?? WHY,
  };
}

function reservedLine(
  spans: readonly PortSpan[],
  own: LineNeed | undefined,
  tunable: LineNeed['tunable'],
): LineNeed {
  const value: Value = { kind: 'portSet', spans };
  return {
    key: RESERVED,
    value,
    wanted: { kind: 'superset', value },
    tunable,
    reason: own?.reason ?? WHY,
  };
}

/** Lowering the range without knowing who listens could take a service's port. */
function unknownListeners(
  { machine }: Snapshot,
  range: PortSpan | null,
  widened: boolean,
): readonly Refusal[] {
  if (!widened || range === null || range[0] >= DEFAULT_LOW || machine.listenersIncomplete === null)
    return [];
  return [
    {
      code: 'listeners-unknown',
      subject: RANGE,
      what: `The range would start at ${range[0]}, and who listens there is not known: ${machine.listenersIncomplete}.`,
      arithmetic: [],
      remedy: `Run tune as root on the host itself, or leave the range out (\`--ignore ${RANGE}\`).`,
    },
  ];
}

function inside(port: number, [low, high]: PortSpan): boolean {
  return low <= port && port <= high;
}

function rangeOf(value: Value | null): PortSpan | null {
  return value?.kind === 'portRange' ? [value.low, value.high] : null;
}

function spansOf(value: Value | null): readonly PortSpan[] {
  return value?.kind === 'portSet' ? value.spans : [];
}
