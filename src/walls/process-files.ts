/** Open files of one process: soft and hard nofile, what services get, and the ceiling of all of them. */

import { CAP_SYS_RESOURCE, hasCapability } from '../model/machine.ts';
import { factOf } from '../model/snapshot.ts';
import type { Quantity } from '../model/value.ts';
import type { LimitFinding, Wall } from '../model/wall.ts';
import { open, unknown, valueIn, type WallContext, type WallFamily, wallAt, withNumber } from './context.ts';
import { group, powerOfTwoAtLeast, raiseFor, setNow } from './terms.ts';

/** A server's descriptors besides its connections: listeners, epoll, logs, libraries. */
const OTHER_DESCRIPTORS = 1_000n;
/** getrlimit(2): a soft limit may be raised to the hard one by the process itself. */
const SOFT_CONDITION = 'a program that does not raise its soft limit itself (Go, the JVM and Node do)';

export const processFiles: WallFamily = (context) => [
  ...ofSubject(context, 'soft'),
  ...ofSubject(context, 'hard'),
  ...ofServices(context),
  ...ceiling(context),
];

function wantedFor(target: bigint): bigint {
  return powerOfTwoAtLeast((target * 105n + 99n) / 100n + OTHER_DESCRIPTORS);
}

function ofSubject(context: WallContext, end: 'soft' | 'hard'): readonly LimitFinding[] {
  const { machine } = context.snapshot;
  const { unit } = machine.subject;
  const name = {
    limit: `${end} nofile`,
    key: `limit.nofile.${end}`,
    side: 'both',
    scope: 'process',
  } as const;
  const wanted = wantedFor(context.assumptions.target);
  const how =
    unit === null
      ? `\`ulimit -${end === 'hard' ? 'H' : 'S'}n ${wanted}\` in the shell that starts the program, a limits.d line for logins; a service needs LimitNOFILE=`
      : `\`LimitNOFILE=${wanted}\` in a drop-in of ${unit}, daemon-reload, restart`;
  return withNumber(context, name, (n) => [
    filesOf(name, n, context, {
      raise: `${how}${prerequisites(context, wanted, end)}`,
      why:
        end === 'hard'
          ? 'Each connection is a file of the process that holds it; at the limit accept() and socket() fail with EMFILE.'
          : 'The soft limit is the one that is enforced: EMFILE, until the program raises it to the hard limit.',
      condition: end === 'soft' ? SOFT_CONDITION : null,
    }),
  ]);
}

/** What must be so before a hard limit can be raised. */
function prerequisites({ snapshot }: WallContext, wanted: bigint, end: 'soft' | 'hard'): string {
  if (end === 'soft') return '; not above the hard limit';
  const ceilingNow = valueIn(factOf(snapshot, 'fs.nr_open'));
  return [
    ceilingNow?.kind === 'integer' && ceilingNow.n < wanted ? '; fs.nr_open must be raised first' : '',
    hasCapability(snapshot.machine, CAP_SYS_RESOURCE)
      ? ''
      : '; it takes CAP_SYS_RESOURCE, which is missing here: whoever starts this environment must raise it',
  ].join('');
}

/** What systemd gives its services: a shell's own limit says nothing about them. */
function ofServices(context: WallContext): readonly LimitFinding[] {
  const { snapshot, assumptions } = context;
  const named = factOf(snapshot, 'systemd.LimitNOFILE');
  const key = valueIn(named) === null ? 'systemd.DefaultLimitNOFILE' : 'systemd.LimitNOFILE';
  const name = { limit: 'hard nofile of services', key, side: 'both', scope: 'service' } as const;
  if (snapshot.machine.init !== 'systemd') {
    return snapshot.machine.init === 'unknown'
      ? [unknown(name, 'what process 1 is could not be read')]
      : [open(name, 'process 1 is not systemd, so no service manager sets limits')];
  }
  const wanted = wantedFor(assumptions.target);
  return withNumber(context, name, (n) => [
    filesOf(name, n, context, {
      raise: `\`LimitNOFILE=${wanted}\` in the unit's drop-in, or \`DefaultLimitNOFILE=1024:${wanted}\` in system.conf.d, then daemon-reexec and restart`,
      why: 'A service gets its limit from systemd, never from limits.conf.',
      condition: null,
    }),
  ]);
}

const CEILING = { limit: 'ceiling of nofile', key: 'fs.nr_open', side: 'both', scope: 'process' } as const;

function ceiling(context: WallContext): readonly LimitFinding[] {
  const name = CEILING;
  return withNumber(context, name, (n) => [
    stuckSoftLimit(context, n) ??
      filesOf(name, n, context, {
        raise: setNow(name.key, wantedFor(context.assumptions.target)),
        why: 'No process may have a hard nofile above it, nor a descriptor with a higher number, root included.',
        condition: null,
      }),
  ]);
}

/**
 * A hard limit above the ceiling, left from when that was higher: setrlimit(2) then refuses any soft limit, since the
 * hard one that goes with it is too high (do_prlimit, kernel/sys.c). So the soft limit stays, for whatever program.
 */
function stuckSoftLimit({ snapshot, assumptions }: WallContext, ceilingNow: Quantity): LimitFinding | null {
  const limitOf = (end: 'soft' | 'hard') => {
    const value = valueIn(factOf(snapshot, `limit.nofile.${end}`));
    return value?.kind === 'limit' || value?.kind === 'integer' ? value.n : null;
  };
  const [soft, hard] = [limitOf('soft'), limitOf('hard')];
  if (soft === null || hard === null || soft === 'unlimited' || ceilingNow === 'unlimited') return null;
  if (soft >= ceilingNow || (hard !== 'unlimited' && hard <= ceilingNow)) return null;
  const wanted = wantedFor(assumptions.target);
  const enough = (n: bigint) => (n < wanted ? wanted : n);
  const lower = `\`ulimit -Hn ${ceilingNow}\` where the program starts`;
  return wallAt(CEILING, soft, {
    current: `${ceilingNow}`,
    arithmetic: `the soft nofile ${group(soft)}, since the hard one, ${group(hard)}, is above fs.nr_open ${group(ceilingNow)}`,
    why: 'setrlimit() fails with EPERM as long as the hard limit is above the ceiling, so no program can raise its soft limit.',
    raise: hard === 'unlimited' ? `${lower}.` : `${setNow(CEILING.key, enough(hard))}; or ${lower}.`,
  });
}

function filesOf(
  name: Pick<Wall, 'limit' | 'key' | 'side' | 'scope'>,
  n: Quantity,
  { assumptions }: WallContext,
  text: Pick<Wall, 'why' | 'raise' | 'condition'>,
): LimitFinding {
  if (n === 'unlimited') return open(name, 'unlimited; fs.nr_open is the ceiling');
  return wallAt(
    name,
    n,
    {
      current: `${n}`,
      arithmetic: `${group(n)} descriptors, one per connection of one process, less the few it needs itself`,
      why: text.why,
      raise: raiseFor(n, assumptions.target, text.raise),
    },
    text.condition,
  );
}
