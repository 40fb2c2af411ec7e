import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Experiment, ExperimentRuns } from '../../src/evidence/experiment.ts';
import { VM_KEYS } from '../../src/evidence/vm-experiments.ts';
import {
  identityOf,
  limitCommand,
  methodOf,
  observeLimits,
  observeOpeners,
  observeSame,
  readCommand,
  readersCommands,
  runCommand,
  sameRuns,
  writeCommand,
} from '../../src/evidence/vm-methods.ts';

const experiment = (key: string, changes: Partial<Experiment> = {}): Experiment => ({
  key,
  profile: 'c1m',
  place: 'vm',
  workload: 'idle',
  connections: 100,
  comparison: 'left-out',
  withoutValue: null,
  withValue: null,
  also: {},
  about: 'a test',
  figure: null,
  ...changes,
});

describe('commands', () => {
  test('a value of the machine is written and read by sysctl, and each soak is the same', () => {
    const mem = experiment('net.ipv4.tcp_mem', { workload: 'slow-readers' });
    expect(readCommand(mem.key)).toBe('sysctl -n net.ipv4.tcp_mem');
    expect(writeCommand(mem.key, '1 2 3')).toBe("sysctl -q -w 'net.ipv4.tcp_mem=1 2 3'");
    expect(runCommand(mem, null)).toBe('tune soak -n 100 --workload slow-readers');
    expect(readersCommands(mem, '1 2 3', '')).toEqual([
      'tune soak -n 100 --workload slow-readers',
      "sysctl -q -w 'net.ipv4.tcp_mem=1 2 3'; tune soak -n 100 --workload slow-readers",
    ]);
  });

  test('a limit is no value of the machine: the command without carries it', () => {
    const hard = experiment('limit.nofile.hard');
    expect(writeCommand(hard.key, '4096')).toBeNull();
    const [first, second] = readersCommands(hard, '4096', '');
    expect(first).toMatch(/^perl -e .* 100$/);
    expect(second).toBe(`ulimit -n 4096; ${first}`);
  });

  test('a service gets its limit from the manager, or in the place of that one from the unit', () => {
    const service = experiment('systemd.DefaultLimitNOFILE');
    expect(runCommand(service, null)).not.toContain('LimitNOFILE');
    expect(runCommand(service, '524288')).toContain('-p LimitNOFILE=1024:524288 ');
  });

  test('what process 1 has got at boot stays, so a ceiling is left out by a boot without its line', () => {
    const [first, second] = readersCommands(experiment('fs.nr_open'), '1048576', '2097152');
    expect(first).toBe(limitCommand('2097152'));
    expect(second).toBe(`sed -i '/^fs.nr_open /d' /etc/sysctl.d/zz-tune.conf; reboot   # and then: ${first}`);
  });

  test('root is exempt from fs.file-max, so an ordinary user runs that soak', () => {
    expect(methodOf('fs.file-max').by).toBe('user');
    expect(VM_KEYS.filter(({ key }) => methodOf(key).by === 'user').map(({ key }) => key)).toEqual([
      'fs.file-max',
    ]);
  });
});

const canOpen = process.arch === 'x64' && existsSync('/usr/bin/perl');
if (!canOpen) process.stderr.write('\nevidence: the opener is SKIPPED (1 test): it needs perl and x86-64\n');
const canLimit = existsSync('/usr/bin/prlimit');
if (!canLimit) process.stderr.write('\nevidence: the limit is SKIPPED (1 test): it needs prlimit\n');
const bash = (script: string) => execFileSync('bash', ['-c', script], { encoding: 'utf8' });

describe('what the programs really print', () => {
  (canOpen ? test : test.skip)('an opener under a soft limit, and under none that matters', () => {
    const soft = experiment('limit.nofile.soft');
    const whole = bash(runCommand(soft, '1000'));
    const short = bash(runCommand(soft, '64'));
    const observed = observeOpeners(soft.connections, [whole, short]);
    expect(observed.with).toBe('opened all 100 sockets');
    expect(observed.without).toMatch(/^opened (4|5|6)\d of 100 sockets: Too many open files$/);
    expect(observed.failedWithout).toBe(true);
    expect(observeOpeners(soft.connections, [whole, whole]).failedWithout).toBe(false);
    expect(observeOpeners(soft.connections, [short, short]).failedWithout).toBe(false);
  });

  (canLimit ? test : test.skip)('a limit that a process has already can be set', () => {
    const hard = bash('ulimit -Hn').trim();
    const printed = bash(limitCommand(hard));
    const observed = observeLimits(hard, [printed, printed]);
    expect(observed.with).toBe(`a login gets ${hard}; prlimit to ${hard}: set`);
    expect(observed.failedWithout).toBe(false);
  });

  test('a limit that is refused is told in prlimit’s own words', () => {
    const refused = '1048576\nprlimit: failed to set the NOFILE resource limit: Operation not permitted\n';
    expect(observeLimits('2097152', ['2097152\nset\n', refused])).toEqual({
      with: 'a login gets 2097152; prlimit to 2097152: set',
      without:
        'a login gets 1048576; prlimit to 2097152: failed to set the NOFILE resource limit: Operation not permitted',
      failedWithout: true,
    });
  });

  test('what is there by itself is nothing that fails without', () => {
    expect(observeSame('524288').failedWithout).toBe(false);
  });
});

describe('runs that answer for another profile', () => {
  const values = { withValue: '2097152', withoutValue: '524288' };
  const known: ExperimentRuns = {
    experiment: experiment('limit.nofile.hard'),
    kernelRelease: '6.12.48',
    ...values,
    commands: ['', ''],
    with: [],
    without: [],
    observed: null,
    refused: null,
  };
  const other = experiment('limit.nofile.hard', { profile: 'push-1m', about: 'in other words' });

  test('the same question with the same values', () => {
    expect(sameRuns(known, other, values)).toBe(true);
  });

  test.each<[string, Experiment, typeof values]>([
    ['another value with', other, { ...values, withValue: '4194304' }],
    ['another value without', other, { ...values, withoutValue: '4096' }],
    ['another size', { ...other, connections: 101 }, values],
    ['another workload', { ...other, workload: 'broadcast' }, values],
    ['another key', { ...other, key: 'limit.nofile.soft' }, values],
    ['other conditions', { ...other, also: { 'net.ipv4.tcp_syncookies': '0' } }, values],
  ])('not with %s', (_, asked, found) => {
    expect(sameRuns(known, asked, found)).toBe(false);
  });

  test('not where it was refused', () => {
    expect(sameRuns({ ...known, refused: 'no memory' }, other, values)).toBe(false);
  });

  test('an identity does not depend on the order of fields, nor on words', () => {
    const { key, ...rest } = other;
    expect(identityOf({ ...rest, key })).toBe(identityOf({ ...other, about: 'again' }));
    expect(identityOf(other)).not.toBe(identityOf(known.experiment));
  });
});
