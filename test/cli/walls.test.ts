import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { tune } from '../support/cli.ts';

const HOSTS = 'test/fixtures/hosts';
const host = (name: string) => ['--host', `${HOSTS}/${name}/host.json`];
const schema = new Ajv2020().compile(JSON.parse(readFileSync('docs/schema/walls.json', 'utf8')));

interface Document {
  readonly goal: string | null;
  readonly assumptions: { readonly idleBytes: string; readonly busy: string; readonly ends: number };
  readonly walls: readonly {
    readonly at: string;
    readonly key: string;
    readonly side: string;
    readonly belowGoal: boolean | null;
  }[];
}
const json = (args: readonly string[]) => {
  const { code, stdout } = tune(['walls', ...args, '--format', 'json']);
  return { code, document: JSON.parse(stdout) as Document };
};

describe('tune walls', () => {
  test('on this very host, sorted, without a goal: exit code 0 and nothing marked', () => {
    const { code, document } = json([]);
    expect(code).toBe(0);
    expect(document.goal).toBeNull();
    const numbers = document.walls.map((wall) => BigInt(wall.at));
    expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(document.walls.every((wall) => wall.belowGoal === null)).toBe(true);
  });

  test('for a person: the headline first, arithmetic and what raises it, 80 columns', () => {
    const { code, stdout, stderr } = tune(['walls', ...host('microvm-6.18')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^This host stops at 20,000 connections per process: hard nofile\n\(limit\.nofile\.hard = 20000\); as a client at 28,232 outgoing connections per\ndestination: port range/,
    );
    expect(stdout).toMatch(/→ `ulimit -Hn 2097152`/);
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  test.each(readdirSync(HOSTS))('%s: JSON by the published schema', (name) => {
    const { stdout } = tune(['walls', ...host(name), '--goal', '1000000', '--format', 'json']);
    expect([schema(JSON.parse(stdout)), schema.errors]).toEqual([true, null]);
  });

  test('--goal: 1 when a wall of a server is below it, 0 when none is', () => {
    expect(json([...host('microvm-6.18'), '--goal', '20001']).code).toBe(1);
    expect(json([...host('microvm-6.18'), '--goal', '20000']).code).toBe(0);
    const ready = json([...host('c1m-ready'), '--goal', '1000000']);
    expect(ready.code).toBe(0);
    expect(ready.document.walls.some((wall) => wall.belowGoal === true)).toBe(false);
  });

  test('--side client holds the goal against the port range', () => {
    const { code, document } = json([...host('c1m-ready'), '--goal', '1000000', '--side', 'client']);
    expect(code).toBe(1);
    expect(document.walls.filter((wall) => wall.belowGoal === true).map((wall) => wall.key)).toEqual([
      'net.ipv4.ip_local_port_range',
    ]);
  });

  test('--idle-bytes, --busy and --loopback move the walls they are about', () => {
    const at = (key: string, ...flags: readonly string[]) =>
      BigInt(json([...host('c1m-ready'), ...flags]).document.walls.find((w) => w.key === key)?.at ?? -1n);
    expect(at('RAM', '--idle-bytes', '10000') < at('RAM')).toBe(true);
    expect(at('net.ipv4.tcp_mem', '--busy', '100%')).toBe(1_536_000n);
    expect(at('net.ipv4.tcp_mem', '--busy', '0.5%')).toBe(307_200_000n);
    expect(at('net.ipv4.tcp_mem', '--busy', '0%')).toBe(-1n);
    expect(at('RAM', '--loopback') < at('RAM')).toBe(true);
    expect(at('fs.file-max', '--loopback') < at('fs.file-max')).toBe(true);
    expect(at('fs.epoll.max_user_watches', '--loopback')).toBe(3_660_000n);
  });

  test.each([
    [['--busy', '5'], /--busy: "5" is not a share/],
    [['--busy', '101%'], /--busy: "101%"/],
    [['--busy=-1%'], /--busy: "-1%"/],
    [['--idle-bytes=-1'], /--idle-bytes: "-1"/],
    [['--idle-bytes', '1e3'], /--idle-bytes: "1e3" is not a whole number from 0/],
    [['--goal', '0'], /--goal: "0"/],
    [['--goal', '1.5'], /--goal: "1\.5"/],
    [['--side', 'up'], /--side: must be server, client or both/],
    [['--host', 'nowhere.json'], /nowhere\.json: no such file/],
    [['--pid', '4194304'], /no process 4194304/],
  ])('%j: one line, exit code 2', (args, message) => {
    const { code, stdout, stderr } = tune(['walls', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tune: [^\n]+\n$/);
  });

  test('the output of sysctl -a alone: what it does not carry is not known', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tune-walls-'));
    try {
      writeFileSync(join(folder, 'sysctls'), 'fs.file-max = 100000\nfs.file-nr = 1000\t0\t100000\n');
      const { code, stdout } = tune(['walls', '--sysctl', join(folder, 'sysctls'), '--format', 'json']);
      const document = JSON.parse(stdout) as Document & { unknown: { key: string; why: string }[] };
      expect(code).toBe(0);
      expect(document.walls.map((wall) => [wall.key, wall.at])).toEqual([['fs.file-max', '99000']]);
      const why = Object.fromEntries(document.unknown.map((limit) => [limit.key, limit.why]));
      expect(why['limit.nofile.hard']).toMatch(/capture does not carry it/);
      expect(why.RAM).toMatch(/could not be read/);
      expect(why['memory.max']).toMatch(/could not be read/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('tune audit', () => {
  test('without a profile it says which one fits; with one it does not', () => {
    const recommended = (args: readonly string[]) =>
      (
        JSON.parse(tune(['audit', ...host('rhel-9'), ...args, '--format', 'json']).stdout) as {
          recommendation: unknown;
        }
      ).recommendation;
    expect(recommended([])).toMatchObject({ role: 'server', fits: true });
    expect(recommended(['--profile', 'c1m'])).toBeNull();
    expect(tune(['audit', ...host('rhel-9')]).stdout).toMatch(/^Profile that fits this host: /m);
  });

  test('the walls are in the JSON, lowest first', () => {
    const { stdout } = tune(['audit', ...host('microvm-6.18'), '--format', 'json']);
    const { walls } = JSON.parse(stdout) as Document;
    expect(walls[0]).toMatchObject({ at: '20000', key: 'limit.nofile.hard' });
  });
});
