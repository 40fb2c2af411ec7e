/** What `npm run evidence` keeps on disk: it grows, is taken over, and survives an interruption. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openBook } from '../../scripts/evidence/book.ts';
import { argumentsOf, commandOf, type Probe } from '../../scripts/evidence/trial.ts';
import { experimentsOf, planOrNone } from '../../src/evidence/index.ts';
import type { EvidenceReport } from '../../src/model/evidence.ts';
import { runs, soak, three } from './reports.ts';

const KEY = 'net.ipv4.tcp_timestamps';
const probe: Probe = {
  goal: 1_000_000,
  family: 'c1m',
  keys: [KEY, 'net.ipv4.tcp_keepalive_time'],
  written: new Set(),
  values: {},
};
const experimentOf = (profile: string) => {
  const [first] = experimentsOf(planOrNone(KEY), profile);
  if (first === undefined) throw new Error(`no experiment for ${KEY}`);
  return first;
};
const measured = (profile: string) => {
  const sides = [three(() => soak()), three(() => soak({ work: { connectsPerSecond: 600 } }))] as const;
  return runs(...sides, experimentOf(profile));
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-evidence-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const open = (isAgain = false) =>
  openBook({
    folder,
    probes: new Map([
      ['c1m', probe],
      ['c2m', probe],
    ]),
    version: '1',
    isAgain,
  });
const read = (profile: string) =>
  JSON.parse(readFileSync(join(folder, `${profile}.json`), 'utf8')) as EvidenceReport;

describe('the book of evidence', () => {
  test('keeps a report and a page for each profile, every key in it', () => {
    const book = open();
    expect(book.keep(measured('c1m'), 'aaa').verdict).toBe('helps');
    book.write();
    expect(read('c1m').settings.map(({ key, verdict }) => [key, verdict])).toEqual([
      [KEY, 'helps'],
      ['net.ipv4.tcp_keepalive_time', 'not-measured'],
    ]);
    expect(read('c2m').settings[0]).toMatchObject({ verdict: 'not-measured', reason: 'not run yet' });
    expect(readFileSync(join(folder, 'c1m.md'), 'utf8')).toContain('# Evidence for c1m');
  });

  test('the same inputs are taken over, by the next run and by another profile, and say from whom', () => {
    const first = open();
    first.keep(measured('c1m'), 'aaa');
    first.write();
    const next = open();
    expect(next.takeOver(experimentOf('c1m'), 'aaa')).toBe(true);
    expect(next.takeOver(experimentOf('c2m'), 'aaa')).toBe(true);
    expect(next.takeOver(experimentOf('c2m'), 'bbb')).toBe(false);
    next.write();
    expect(read('c2m').settings[0]?.experiments[0]).toMatchObject({ profile: 'c1m', inputs: 'aaa' });
  });

  test('again: nothing on disk counts, and what is measured takes its place', () => {
    const first = open();
    first.keep(measured('c1m'), 'aaa');
    first.write();
    const again = open(true);
    expect(again.takeOver(experimentOf('c1m'), 'aaa')).toBe(false);
    again.keep(measured('c1m'), 'ccc');
    again.write();
    expect(read('c1m').settings[0]?.experiments.map(({ inputs }) => inputs)).toEqual(['ccc']);
  });

  test('what this run does not touch stays', () => {
    const first = open();
    first.keep(measured('c1m'), 'aaa');
    first.write();
    open().write();
    expect(read('c1m').settings[0]?.verdict).toBe('helps');
  });
});

describe('the commands of an experiment', () => {
  const base = { ...experimentOf('c1m'), also: { 'net.core.somaxconn': '256' } };

  test('guarded: another value by hand', () => {
    const rmem = { ...base, key: 'net.ipv4.tcp_rmem', withoutValue: '1 2 3' };
    expect(commandOf(argumentsOf(rmem, 'with'))).toBe(
      'tune trial --profile c1m --workload reconnect -n 20000 --set net.core.somaxconn=256',
    );
    expect(commandOf(argumentsOf(rmem, 'without'))).toMatch(
      / --set net\.core\.somaxconn=256 --set 'net\.ipv4\.tcp_rmem=1 2 3'$/,
    );
  });

  test('left out, and a value that has to be set on the side with', () => {
    const out = { ...base, withoutValue: null, also: {} };
    expect(commandOf(argumentsOf(out, 'without'))).toMatch(/ -n 20000 --without net\.ipv4\.tcp_timestamps$/);
    const byHand = argumentsOf({ ...out, withValue: '1' }, 'with');
    expect(byHand.slice(-2)).toEqual(['--set', 'net.ipv4.tcp_timestamps=1']);
  });
});
