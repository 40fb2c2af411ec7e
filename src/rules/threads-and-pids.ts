import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Quantity } from '../model/value.ts';
import { group } from './support/format.ts';
import { quantityOf, unchecked } from './support/known.ts';
import { setSysctlClause } from './support/remedy.ts';

const CODE = 'threads-and-pids';
const PID_MAX = 'kernel.pid_max';
const THREADS_MAX = 'kernel.threads-max';
const MAP_COUNT = 'vm.max_map_count';
const KEYS = [PID_MAX, THREADS_MAX, MAP_COUNT] as const;
/** A stack and its guard page. */
const MAPPINGS_PER_THREAD = 2n;
/** Below this, even an event-driven server with a few pools, and the shell to look at it with, may fail to fork. */
const FEW = 1_000n;

interface Ceiling {
  readonly name: string;
  readonly threads: bigint;
  readonly text: string;
  readonly raise: string;
}

/** Matters to a server with a thread per connection; an event-driven one needs a handful. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I19'],
  title: 'Threads and processes are not the limit',
  requires: [],
  sources: [
    'Documentation/admin-guide/sysctl/kernel.rst, vm.rst (6.12)',
    'cgroup-v2.rst (6.12), pids.max',
    'systemd.resource-control(5), TasksMax=',
  ],
  check: ({ snapshot, goal }): readonly (RuleFinding | Unchecked)[] => {
    const [pidMax, threadsMax, mapCount] = KEYS.map((key) => numeric(quantityOf(snapshot, key)));
    const { pidsMax } = snapshot.machine.cgroup;
    const ceilings: Ceiling[] = [];
    if (pidsMax !== null) {
      ceilings.push({
        name: 'pids.max',
        threads: pidsMax,
        text: `pids.max of its cgroup, ${group(pidsMax)}`,
        raise: 'Raise `TasksMax=` in the unit (or `docker run --pids-limit`) if the server needs more.',
      });
    }
    for (const [key, n] of [
      [PID_MAX, pidMax],
      [THREADS_MAX, threadsMax],
    ] as const) {
      if (n == null) continue;
      const wanted = key === PID_MAX && goal > 4_194_304n ? 4_194_304n : goal;
      ceilings.push({
        name: key,
        threads: n,
        text: `${key}, ${group(n)}`,
        raise: `If the server does start a thread per connection, ${setSysctlClause({ key, value: `${wanted}` })}`,
      });
    }
    if (mapCount != null) {
      ceilings.push({
        name: MAP_COUNT,
        threads: mapCount / MAPPINGS_PER_THREAD,
        text: `${MAP_COUNT}, ${group(mapCount)} at two mappings per thread`,
        raise: `If the server does start a thread per connection, ${setSysctlClause({ key: MAP_COUNT, value: `${goal * MAPPINGS_PER_THREAD}` })}`,
      });
    }
    const lowest = ceilings.reduce<Ceiling | null>(
      (low, c) => (low === null || c.threads < low.threads ? c : low),
      null,
    );
    const unread = [pidMax, threadsMax, mapCount].some((n) => n == null)
      ? unchecked(CODE, snapshot, KEYS)
      : [];
    if (lowest === null || lowest.threads >= goal) return unread;
    return [
      ...unread,
      {
        code: CODE,
        severity: lowest.threads < FEW ? 'warning' : 'info',
        subject: lowest.name,
        what: `A process here can have about ${group(lowest.threads)} threads (${lowest.text}), so a server with a thread per connection stops there; an event-driven one is not affected${lowest.threads < FEW ? ' until its thread pools meet so low a limit' : ''}.`,
        remedy: lowest.raise,
      },
    ];
  },
};

function numeric(n: Quantity | null): bigint | null {
  return n === 'unlimited' ? null : n;
}
