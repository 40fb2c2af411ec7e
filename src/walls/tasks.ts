/** Tasks of a control group: a wall only for a server that gives each connection a thread. */
import { open, unknown, type WallFamily, wallAt } from './context.ts';
import { group, raiseFor } from './terms.ts';

const NAME = { limit: 'tasks of the control group', key: 'pids.max', side: 'both', scope: 'cgroup' } as const;

export const tasks: WallFamily = ({ snapshot, assumptions }) => {
  const { pidsMax, unread } = snapshot.machine.cgroup;
  if (unread !== undefined) return [unknown(NAME, `the control group could not be read (${unread})`)];
  if (pidsMax === null) return [open(NAME, 'no control group on the way to the root limits tasks')];
  const wanted = assumptions.target + 1_000n;
  return [
    wallAt(
      NAME,
      pidsMax,
      {
        current: `${pidsMax}`,
        arithmetic: `${group(pidsMax)} tasks, one per connection`,
        why: 'Beyond it fork() and pthread_create() fail with EAGAIN.',
        raise: raiseFor(
          pidsMax,
          assumptions.target,
          `Use an event loop, or \`systemctl set-property UNIT.service TasksMax=${wanted}\``,
        ),
      },
      'a program with a thread or process per connection',
    ),
  ];
};
