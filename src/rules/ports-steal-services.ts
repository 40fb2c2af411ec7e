import { readValue } from '../model/fact.ts';
import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { factOf } from '../model/snapshot.ts';
import { coversPorts, formatValue, type PortSpan, portSet } from '../model/value.ts';
import { larger } from './support/bigint.ts';
import { group, list } from './support/format.ts';
import { integerOf, notInKernel, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'ports-steal-services';
const RANGE = 'net.ipv4.ip_local_port_range';
const RESERVED = 'net.ipv4.ip_local_reserved_ports';
const UNPRIVILEGED = 'net.ipv4.ip_unprivileged_port_start';
/** Where the kernel's own range starts: services are expected below. */
const USUAL_LOW = 32_768;

/** An outgoing connection on a service's port makes the next bind() of that service fail, even with SO_REUSEADDR. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I12'],
  title: 'Outgoing connections do not take the ports of services',
  requires: [RANGE],
  sources: [
    'Documentation/networking/ip-sysctl.rst (6.12), ip_local_reserved_ports',
    'A stolen port refuses listen with EADDRINUSE: tested on 6.18',
  ],
  check: (context): readonly (RuleFinding | Unchecked)[] => {
    const range = readValue(factOf(context.snapshot, RANGE));
    if (range?.kind !== 'portRange') return unchecked(CODE, context.snapshot, [RANGE]);
    return [
      ...stolen(context, range.low, range.high),
      ...belowUnprivileged(context, range.low, range.high),
      ...sameParity(range.low, range.high),
    ];
  },
};

function stolen({ snapshot }: RuleContext, low: number, high: number): readonly (RuleFinding | Unchecked)[] {
  if (low >= USUAL_LOW) return [];
  const { listeners, listenersIncomplete } = snapshot.machine;
  const gaps: Unchecked[] =
    listenersIncomplete === null
      ? []
      : [{ code: CODE, why: `the list of listeners is not complete: ${listenersIncomplete}` }];
  // High UDP ports are mostly sockets of clients, which chose them from this very range.
  const services = listeners.filter((l) => l.protocol.startsWith('tcp') || l.port < USUAL_LOW);
  const ports = [...new Set(services.map((l) => l.port))]
    .filter((p) => p >= low && p <= high)
    .sort((a, b) => a - b);
  const reserved = readValue(factOf(snapshot, RESERVED));
  if (reserved?.kind !== 'portSet') return [...gaps, ...unchecked(CODE, snapshot, [RESERVED])];
  const bare = ports.filter((p) => !coversPorts(reserved.spans, [[p, p]]));
  if (bare.length === 0) return gaps;
  const spans: readonly PortSpan[] = [...reserved.spans, ...bare.map((p) => [p, p] as const)];
  return [
    ...gaps,
    {
      code: CODE,
      severity: 'warning',
      subject: RESERVED,
      what: `Outgoing connections may take any port of ${low}-${high}, and services listen on ${list(bare.map(String), 8)} in it without a reservation: once such a port is taken, the service cannot start again (EADDRINUSE).`,
      remedy: setSysctl({ key: RESERVED, value: formatValue(portSet(...spans)) }),
    },
  ];
}

/** The kernel refuses this pair when either is written, so it shows a capture or a file at odds with itself. */
function belowUnprivileged(
  { snapshot }: RuleContext,
  low: number,
  high: number,
): readonly (RuleFinding | Unchecked)[] {
  const start = integerOf(snapshot, UNPRIVILEGED);
  // Before 4.11 the key did not exist and the start was 1024 for good.
  if (notInKernel(snapshot, UNPRIVILEGED)) return [];
  if (start === null) return unchecked(CODE, snapshot, [UNPRIVILEGED]);
  if (BigInt(low) >= start) return [];
  return [
    {
      code: CODE,
      severity: 'error',
      subject: RANGE,
      what: `${RANGE} starts at ${low}, below ${UNPRIVILEGED} = ${group(start)}: the kernel refuses such a range with EINVAL.`,
      remedy: setSysctl({ key: RANGE, value: `${start} ${larger(start, BigInt(high))}` }),
    },
  ];
}

function sameParity(low: number, high: number): readonly RuleFinding[] {
  if (low % 2 !== high % 2 || low === high) return [];
  const kind = low % 2 === 0 ? 'even' : 'odd';
  // Widen rather than narrow, unless there is no port above.
  const better = high < 65_535 ? high + 1 : high - 1;
  return [
    {
      code: CODE,
      severity: 'info',
      subject: RANGE,
      what: `${RANGE} is ${low}-${high}, with ${kind} ports at both ends: no port is lost, but connect() prefers one parity and bind(0) the other, and the kernel logs a complaint.`,
      remedy: setSysctl({ key: RANGE, value: `${low} ${better}` }),
    },
  ];
}
