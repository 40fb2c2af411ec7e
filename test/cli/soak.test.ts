import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { SoakReport } from '../../src/model/soak.ts';
import { TUNE, tune } from '../support/cli.ts';

const validate = new Ajv2020().compile(JSON.parse(readFileSync('docs/schema/soak.json', 'utf8')));
const canUnshare = process.getuid?.() === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-soak-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('tune soak', () => {
  test('holds real connections, and the kernel counts them', () => {
    const output = join(folder, 'report.json');
    const { code, stdout } = tune(['soak', '-n', '2000', '--output', output, '--format', 'json']);
    const report = JSON.parse(stdout) as SoakReport;
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual(report);
    expect(report).toMatchObject({
      verdict: { state: 'passed' },
      held: 2000,
      agreement: { own: 2000, agrees: true },
    });
    expect(report.sweeps[0]).toMatchObject({ sent: 2000, answered: 2000 });
    expect(report.leftover.sockets).toBe(0);
    expect(code).toBe(0);
  });

  test('for a person, within 80 columns', () => {
    const { code, stdout } = tune(['soak', '-n', '500', '--hold', '1']);
    expect(stdout).toMatch(/^Passed: 500 connections held and each one alive\.\n/);
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    expect(code).toBe(0);
  });

  test.each(['broadcast', 'burst', 'reconnect', 'slow-readers'])(
    'the workload %s, in the published form and for a person',
    (workload) => {
      const output = join(folder, `${workload}.json`);
      const place = canUnshare ? ['--namespace'] : [];
      const args = ['soak', '-n', '200', '--workload', workload, '--output', output, ...place];
      const { code, stdout } = tune(args);
      const report = JSON.parse(readFileSync(output, 'utf8')) as SoakReport;
      expect([validate(report), validate.errors]).toEqual([true, null]);
      expect(report.workload).toMatchObject({ name: workload, end: 'done' });
      expect(stdout).toMatch(/^Passed: 200 connections held and each one alive\.\n/);
      expect(stdout).toMatch(/^workload {5}• .+: \d+ of \d+\s+connections in /m);
      expect(stdout).not.toMatch(/undefined|NaN|null/);
      expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
      expect(code).toBe(0);
    },
  );

  test('in a namespace of its own, and over IPv6', () => {
    if (!canUnshare) return void console.log('skipped: needs root for a network namespace');
    for (const extra of [['--namespace'], ['--namespace', '--ipv6'], ['--ipv6']]) {
      const { code, stdout, stderr } = tune(['soak', '-n', '300', '--format', 'json', ...extra]);
      expect([extra, code, code === 0 ? '' : stderr]).toEqual([extra, 0, '']);
      expect(JSON.parse(stdout).held).toBe(300);
    }
  });

  test('Ctrl-C drains and still reports: exit code 4', async () => {
    const [file, ...first] = TUNE;
    const child = spawn(file, [...first, 'soak', '-n', '1000', '--hold', '600', '--format', 'json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
      if (stderr.includes('holding') && !stderr.includes('stopping')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    const report = JSON.parse(stdout) as SoakReport;
    expect(report.verdict).toMatchObject({ state: 'inconclusive', reason: 'interrupted' });
    expect(report.leftover.sockets).toBe(0);
    expect(stderr).toContain('stopping: draining the connections');
    expect(code).toBe(4);
  });
});

describe('bad input: one line, exit code 2', () => {
  test.each([
    ['no number', ['soak'], /connections/],
    ['zero', ['soak', '-n', '0'], /--connections: "0" is not a whole number/],
    ['negative', ['soak', '--connections=-1'], /--connections: "-1" is not a whole number/],
    ['a fraction', ['soak', '-n', '1.5'], /--connections: "1\.5" is not a whole number/],
    ['10^12', ['soak', '-n', '1000000000000'], /--connections: "1000000000000" is not a whole number/],
    ['an address of another machine', ['soak', '-n', '10', '--address', '192.0.2.1'], /192\.0\.2\.1/],
    ['an address that is none', ['soak', '-n', '10', '--address', 'example'], /not a numeric IP address/],
    [
      'a busy port',
      ['soak', '-n', '10', '--address', '0.0.0.0', '--port', '99999'],
      /--port: "99999" is not a whole number/,
    ],
    ['an unknown workload', ['soak', '-n', '10', '--workload', 'storm'], /--workload: must be one of idle, /],
    [
      'a message of nothing',
      ['soak', '-n', '10', '--workload', 'broadcast', '--message-bytes', '0'],
      /--message-bytes: "0" is not a whole number/,
    ],
    [
      'a message for a workload without one',
      ['soak', '-n', '10', '--workload', 'burst', '--message-bytes', '9'],
      /--message-bytes: only the workload broadcast/,
    ],
    ['strict and spread', ['soak', '-n', '10', '--strict', '--spread'], /exclude each other/],
    [
      'an output that cannot be written',
      ['soak', '-n', '10', '--output', '/proc/none/report'],
      /--output: cannot write/,
    ],
  ])('%s', (_, args, message) => {
    const { code, stdout, stderr } = tune(args);
    expect(stderr).toMatch(/^tune: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
