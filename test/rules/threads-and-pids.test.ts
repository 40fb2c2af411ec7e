import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/threads-and-pids.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('threads-and-pids', () => {
  const facts = { 'kernel.pid_max': '4194304', 'kernel.threads-max': '2000000', 'vm.max_map_count': '65530' };

  test('mappings end a server with a thread per connection', () => {
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'threads-and-pids',
        severity: 'info',
        subject: 'vm.max_map_count',
        what: 'A process here can have about 32,765 threads (vm.max_map_count, 65,530 at two mappings per thread), so a server with a thread per connection stops there; an event-driven one is not affected.',
        remedy:
          'If the server does start a thread per connection, run `sysctl -w vm.max_map_count=2000000` now, and write `vm.max_map_count = 2000000` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('a very small pids.max is in the way of everyone', () => {
    expect(rule.check(contextOf({ facts, machine: { cgroup: { pidsMax: 100n } } }))).toEqual([
      {
        code: 'threads-and-pids',
        severity: 'warning',
        subject: 'pids.max',
        what: 'A process here can have about 100 threads (pids.max of its cgroup, 100), so a server with a thread per connection stops there; an event-driven one is not affected until its thread pools meet so low a limit.',
        remedy: 'Raise `TasksMax=` in the unit (or `docker run --pids-limit`) if the server needs more.',
      },
    ]);
  });

  test('silent when the goal has a thread for each', () => {
    const roomy = { ...facts, 'vm.max_map_count': '2000000' };
    expect(rule.check(contextOf({ facts: roomy }))).toEqual([]);
  });

  test('says what it could not read, and still judges the rest', () => {
    const unread = { ...facts, 'kernel.threads-max': denied() };
    expect(rule.check(contextOf({ facts: unread }))).toMatchObject([
      { why: 'kernel.threads-max could not be read (EACCES)' },
      { severity: 'info', subject: 'vm.max_map_count' },
    ]);
  });

  test('each ceiling has its own remedy, within what the kernel takes', () => {
    const low = { ...facts, 'kernel.pid_max': '32768', 'vm.max_map_count': '2000000' };
    expect(rule.check(contextOf({ facts: low }))).toMatchObject([
      { subject: 'kernel.pid_max', remedy: expect.stringContaining('kernel.pid_max=1000000`') },
    ]);
    expect(rule.check(contextOf({ facts: low }, 5_000_000n))).toMatchObject([
      { subject: 'kernel.pid_max', remedy: expect.stringContaining('kernel.pid_max=4194304`') },
    ]);
    const few = { ...facts, 'kernel.threads-max': '1000' };
    expect(rule.check(contextOf({ facts: few }, 5_000_000n))).toMatchObject([
      { severity: 'info', remedy: expect.stringContaining('kernel.threads-max=5000000`') },
    ]);
    const fewer = { ...facts, 'kernel.threads-max': '999' };
    expect(rule.check(contextOf({ facts: fewer }))).toMatchObject([{ severity: 'warning' }]);
  });
});
