import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TrialReport } from '../../src/model/trial.ts';
import { TUNE, tune } from '../support/cli.ts';

const canUnshare = process.getuid?.() === 0;
const withNamespace = canUnshare ? test : test.skip;
if (!canUnshare) console.log('skipped: a trial needs root for a network namespace');
const validate = new Ajv2020().compile(JSON.parse(readFileSync('docs/schema/trial.json', 'utf8')));

/** Counts and clocks of the kernel, which move by themselves. */
const MOVES =
  /^(fs\/(file-nr|inode-nr|inode-state|dentry-state|aio-nr|quota\/)|kernel\/(random\/|ns_last_pid|pty\/nr|sched_domain|keys\/|perf_|usermodehelper)|net\/netfilter\/nf_conntrack_count)/;

function allOfProcSys(): Readonly<Record<string, string>> {
  const seen: Record<string, string> = {};
  const walk = (path: string) => {
    for (const entry of readdirSync(join('/proc/sys', path), { withFileTypes: true })) {
      const at = path === '' ? entry.name : `${path}/${entry.name}`;
      if (MOVES.test(at)) continue;
      if (entry.isDirectory()) walk(at);
      else
        try {
          seen[at] = readFileSync(join('/proc/sys', at), 'latin1');
        } catch {
          // Write-only keys.
        }
    }
  };
  walk('');
  return seen;
}

const configFiles = () =>
  execFileSync(
    'sh',
    [
      '-c',
      'find /etc /usr/lib/sysctl.d /var/lib/tune -type f -printf "%p %s %T@ %m\\n" 2>/dev/null | sort || true',
    ],
    {
      encoding: 'utf8',
    },
  );

function trial(...args: readonly string[]): { code: number | null; report: TrialReport } {
  const { code, stdout } = tune(['trial', '--format', 'json', ...args]);
  const report = JSON.parse(stdout) as TrialReport;
  expect([validate(report), validate.errors]).toEqual([true, null]);
  return { code, report };
}

describe('tune trial', () => {
  withNamespace(
    'writes the profile’s values where nobody else sees them, and leaves the host as it was',
    () => {
      const [keys, files] = [allOfProcSys(), configFiles()];
      const { code, report } = trial('--profile', 'c1m', '-n', '1500');
      expect(allOfProcSys()).toEqual(keys);
      expect(configFiles()).toBe(files);
      const [only] = report.trials;
      expect(only?.tried).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            key: 'net.core.somaxconn',
            to: '65535',
            held: '65535',
            outcome: 'stored',
          }),
        ]),
      );
      expect(only?.untried).toEqual(
        expect.arrayContaining([expect.objectContaining({ key: 'fs.file-max', why: 'host-wide' })]),
      );
      expect(only?.soak).toMatchObject({ held: 1500, options: { namespace: true, mode: 'spread' } });
      expect(code).toBe(0);
    },
  );

  withNamespace('the values are in force there: a narrow port range needs more addresses', () => {
    const { report } = trial(
      '--profile',
      'none',
      '-n',
      '1500',
      '--set',
      'net.ipv4.ip_local_port_range=40000 40999',
    );
    expect(report.trials[0]).toMatchObject({
      subject: { profile: null },
      tried: [{ key: 'net.ipv4.ip_local_port_range', held: '40000\t40999', byHand: true, outcome: 'stored' }],
      soak: { held: 1500, plan: { portRange: { low: 40000, high: 40999 }, sources: { count: 2 } } },
    });
  });

  withNamespace('--without leaves one at the default', () => {
    const { report } = trial('--profile', 'c1m', '-n', '500', '--without', 'net.core.somaxconn');
    const [only] = report.trials;
    expect(only?.tried.map(({ key }) => key)).not.toContain('net.core.somaxconn');
    expect(only?.untried).toEqual(
      expect.arrayContaining([expect.objectContaining({ key: 'net.core.somaxconn', why: 'left-out' })]),
    );
  });

  withNamespace('--compare runs both and says what differs', () => {
    const { report } = trial('--compare', 'none', 'c1m', '-n', '1000');
    expect(report.trials.map(({ subject }) => subject.profile)).toEqual([null, 'c1m']);
    const held = report.differences.find(({ figure }) => figure === 'connections held');
    expect(held).toEqual({ figure: 'connections held', unit: '', values: [1000, 1000], percent: 0 });
    const { stdout } = tune(['trial', '--compare', 'none', 'c1m', '-n', '500']);
    expect(stdout).toMatch(/connections held +500 +500/);
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  test.each([
    [['--without', 'net.core.somaxcon'], 'no such key: "net.core.somaxcon"'],
    [['--without', 'fs.file-max'], 'fs.file-max has one value for the whole host'],
    [['--set', 'vm.swappiness=1'], 'vm.swappiness has one value for the whole host'],
    [['--set', 'net.core.somaxconn'], 'is not KEY=VALUE'],
    [['--set', 'net.core.somaxconn=1', '--set', 'net.core.somaxconn=2'], 'is given twice'],
    [['--set', '../../etc/passwd=1'], 'is not KEY=VALUE'],
    [['--compare', 'c1m', 'nothing'], 'no shipped profile "nothing"'],
    [['--profile', 'none'], 'say how many connections'],
    [['-n', '0'], 'is not a whole number'],
    [['-n', '90000000'], 'not enough'],
  ])('%j is one line and exit code 2', (args, words) => {
    const { code, stdout, stderr } = tune(['trial', ...args]);
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !/^tune: (c1m|the kernel’s defaults)/.test(line));
    expect([code, stdout, lines]).toEqual([2, '', [expect.stringContaining(words)]]);
  });

  withNamespace('an ordinary user cannot make a namespace, and is told so', () => {
    const script = 'exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$0" "$@"';
    const child = spawnSync('sh', ['-c', script, ...TUNE, 'trial', '-n', '100'], { encoding: 'utf8' });
    expect(child.status).toBe(2);
    expect(child.stderr).toContain('no permission for a network namespace');
  });
});
