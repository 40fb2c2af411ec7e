import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { VerifyReport } from '../../src/model/verify.ts';
import { type CliResult, TUNE } from '../support/cli.ts';
import { journal, written } from '../verify/journals.ts';

// tune's own state is a folder of the test, put over /var/lib in a mount namespace that only the program sees.
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;
const withState = canMount ? test : test.skip;
if (!canMount) console.log('skipped: tune verify needs root and a mount namespace');
const validate = new Ajv2020().compile(JSON.parse(readFileSync('docs/schema/verify.json', 'utf8')));

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'tune-verify-'));
  chmodSync(state, 0o755);
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

function verify(...args: readonly string[]): CliResult {
  const script = 'mount --bind "$0" /var/lib && exec "$@"';
  const child = spawnSync('unshare', ['-m', 'sh', '-c', script, state, ...TUNE, ...args], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 << 20,
  });
  return { code: child.status, stdout: child.stdout, stderr: child.stderr };
}

function record(id: string, text: string): void {
  mkdirSync(join(state, 'tune/journal'), { recursive: true, mode: 0o700 });
  writeFileSync(join(state, `tune/journal/${id}.json`), text, { mode: 0o600 });
}

const document = ({ stdout }: CliResult): VerifyReport => {
  const report = JSON.parse(stdout) as VerifyReport;
  expect([validate(report), validate.errors]).toEqual([true, null]);
  return report;
};

describe('tune verify', () => {
  withState('with nothing applied says so, and keeps no report', () => {
    const { code, stderr } = verify('verify');
    expect([code, stderr]).toEqual([
      2,
      'tune: verify: nothing was applied here: run "tune apply" first, or name a profile to check against with --profile\n',
    ]);
    expect(existsSync(join(state, 'tune'))).toBe(false);
  });

  withState('judges what was applied, by its very values when the profile is another by now', () => {
    const file = '/etc/sysctl.d/zz-tune-that-is-not-there.conf';
    record(
      '0001',
      JSON.stringify(
        journal('0001', { files: [written(file, '# Managed by tune\nnet.core.somaxconn = 7\n')] }),
      ),
    );
    const result = verify('verify', '--quick', '--format', 'json');
    const report = document(result);
    expect(report).toMatchObject({
      applied: { ids: ['0001'], profile: 'c1m' },
      reboot: 'rebooted',
      files: [{ path: file, state: 'gone' }],
      settings: [
        { key: 'net.core.somaxconn', applied: '7', state: 'lost', culprit: { kind: 'our-file', path: file } },
      ],
      notes: [{ code: 'profile-moved', profile: 'c1m' }],
      soak: { state: 'skipped' },
    });
    expect(report.verdict.state).toBe('failed');
    expect(report.verdict.reasons).toEqual(expect.arrayContaining(['file-changed', 'setting-lost']));
    expect(result.code).toBe(1);
    expect(result.stderr).toBe('tune: kept as report 0001: "tune report" shows it again\n');
  });

  withState('says that the machine was not rebooted', () => {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    record('0001', JSON.stringify(journal('0001', { bootId })));
    const { code, stdout } = verify('verify', '--quick', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ reboot: 'not-rebooted', verdict: { state: 'inconclusive' } });
    expect(JSON.parse(stdout).verdict.reasons).toContain('not-rebooted');
    expect(code).toBe(4);
  });

  withState('a profile that was a file and is not named is not guessed at', () => {
    const profile = { name: 'ours', digest: 'x', goal: '600000' };
    record('0001', JSON.stringify(journal('0001', { profile })));
    const report = document(verify('verify', '--quick', '--format', 'json'));
    expect(report.notes).toMatchObject([{ code: 'profile-gone', profile: 'ours' }]);
    expect(report).toMatchObject({ profile: { name: 'ours', goal: 600_000 }, connections: 600_000 });
  });

  withState.each([
    ['damaged', '{"schemaVersion": 1, "id": "0001"'],
    ['of another version', JSON.stringify({ ...journal('0001'), schemaVersion: 99 })],
  ])('a record that is %s is named, and nothing is judged', (_, text) => {
    record('0001', text);
    const { code, stdout, stderr } = verify('verify');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('/var/lib/tune/journal/0001.json is damaged or of another version');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  withState('an apply that was interrupted comes first', () => {
    record('0001', JSON.stringify(journal('0001', { state: 'started', finishedAt: null })));
    const { code, stderr } = verify('verify', '--quick');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tune: verify: apply 0001 .* was interrupted: "tune rollback"/);
  });

  withState('holds connections, compares its prediction, and keeps the report', () => {
    const first = verify('verify', '--profile', 'c1m', '-n', '2000', '--namespace', '--format', 'json');
    const report = document(first);
    expect(report).toMatchObject({
      applied: null,
      connections: 2000,
      soak: { state: 'ran', shortened: null, report: { held: 2000, options: { mode: 'strict' } } },
    });
    expect(report.notes.map(({ code }) => code)).toEqual(['fewer-than-minimum', 'below-goal']);
    if (report.soak.state !== 'ran') throw new Error('not reached');
    const { memory } = report.soak;
    expect(memory === null || Math.abs(memory.errorPercent) < 50).toBe(true);

    const shown = verify('report', '--format', 'json');
    expect([shown.code, JSON.parse(shown.stdout)]).toEqual([0, report]);
    const human = verify('report', '1');
    expect(human.stdout).toMatch(
      /^Not verified: c1m is not in force\. 2,000 connections were held by one process\.\n/,
    );
    expect(human.stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    expect(verify('report', '--list').stdout).toMatch(/^0001 {2}\S+ {2}c1m: failed, 2,000 held\n$/);
  });

  withState('runs the soak of each profile, in one table', () => {
    const { stdout } = verify('verify', '--profile', 'c1m', '--each-profile', '-n', '1000', '--namespace');
    const names = readdirSync('profiles').map((name) => name.replace('.yaml', ''));
    const rows = stdout.split('\n').filter((line) => names.some((name) => line.startsWith(`${name} `)));
    expect(rows).toHaveLength(names.length);
    // Other tests may close more meanwhile than a thousand connections take: then there is no figure, and never a negative one.
    for (const row of rows) expect(row).toMatch(/ 1,000 +1,000 +(\d[\d,]*|\?) +passed$/);
  });

  withState('an ordinary user is told what could not be looked at', () => {
    const script = 'exec setpriv --reuid=65534 --regid=65534 --clear-groups "$0" "$@"';
    const asNobody = (...args: readonly string[]) =>
      spawnSync('sh', ['-c', script, ...TUNE, 'verify', ...args], { encoding: 'utf8', timeout: 60_000 });
    const blind = asNobody();
    expect([blind.status, blind.stderr.trim().split('\n')]).toEqual([
      2,
      [expect.stringContaining('recorded for root alone: run it as root')],
    ]);
    const partial = asNobody('--profile', 'c1m', '--quick', '--format', 'json');
    const report = JSON.parse(partial.stdout) as VerifyReport;
    expect(report.verdict.reasons).toContain('not-root');
    expect(report.verdict.state).not.toBe('passed');
  });
});

describe('tune report', () => {
  withState('without a report, with a wrong number, with a damaged one', () => {
    expect(verify('report')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no report is kept here'),
    });
    mkdirSync(join(state, 'tune/reports'), { recursive: true, mode: 0o700 });
    writeFileSync(join(state, 'tune/reports/0003.json'), '{}');
    expect(verify('report', '9')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no report 0009; there are: 0003'),
    });
    expect(verify('report', '../../etc/passwd')).toMatchObject({ code: 2 });
    expect(verify('report', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('0003.json is damaged'),
    });
    expect(verify('report', '--list').stdout).toBe('0003  damaged or of another version\n');
  });
});
