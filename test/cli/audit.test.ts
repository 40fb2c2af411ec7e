import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { TUNE, tune } from '../support/cli.ts';

const HOSTS = 'test/fixtures/hosts';
const hosts = readdirSync(HOSTS);
const hostFile = (name: string) => join(HOSTS, name, 'host.json');
const schema = (name: string) =>
  new Ajv2020().compile(JSON.parse(readFileSync(`docs/schema/${name}.json`, 'utf8')));
const ready = hostFile('c1m-ready');
const ONE_LINE = /^tune: [^\n]+\n$/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('tune audit', () => {
  test('the main job, on this very host', () => {
    const { code, stdout, stderr } = tune(['audit']);
    expect([0, 1]).toContain(code);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(Ready|Nearly ready|Not ready|Cannot say) for 1,000,000 connections/);
    expect(stdout).not.toContain('\u001b');
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  test('a host that is ready: exit code 0', () => {
    const { code, stdout } = tune(['audit', '--host', ready]);
    expect(stdout).toMatch(/^Ready for 1,000,000 connections\.\n/);
    expect(code).toBe(0);
  });

  test.each(hosts)('%s: JSON by the published schema', (name) => {
    const { code, stdout } = tune(['audit', '--host', hostFile(name), '--format', 'json']);
    const document = JSON.parse(stdout);
    const validate = schema('audit');
    expect([validate(document), validate.errors]).toEqual([true, null]);
    expect(code).toBe(document.asWanted ? 0 : 1);
  });

  test('--goal scales the formulas', () => {
    const wanted = (goal: string) => {
      const { stdout } = tune(['audit', '--host', ready, '--goal', goal, '--format', 'json']);
      const document = JSON.parse(stdout) as { settings: { key: string; wanted: string }[] };
      return document.settings.find((s) => s.key === 'fs.nr_open')?.wanted;
    };
    expect([wanted('500000'), wanted('1000000'), wanted('3000000')]).toEqual([
      '≥ 1048576',
      '≥ 2097152',
      '≥ 4194304',
    ]);
  });

  test('--only judges those, --ignore reports as ignored and never as met', () => {
    const { code, stdout } = tune([
      'audit',
      '--host',
      hostFile('debian-12'),
      '--only',
      'net.ipv4.tcp_rmem,fs.nr_open',
      '--ignore',
      'fs.nr_open',
      '--format',
      'json',
    ]);
    const { settings } = JSON.parse(stdout) as { settings: { key: string; verdict: string }[] };
    expect(settings.map((s) => [s.key, s.verdict])).toEqual([
      ['fs.nr_open', 'ignored'],
      ['net.ipv4.tcp_rmem', 'met'],
    ]);
    expect(code).toBe(0);
  });

  test('a profile of one’s own works as a shipped one, parents included', () => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const head = (name: string, parent: string) =>
      `name: ${name}\ntitle: A title here\ndescription: Something long enough to be one.\ngoal: 2000\nextends: ${parent}\nsettings:\n`;
    const why = '    why: Because the test needs a long reason.\n    source: a test\n';
    file('sub/parent.yaml', `${head('parent', 'c1m')}  net.core.somaxconn:\n    atLeast: 128\n${why}`);
    const mine = file(
      'mine.yaml',
      `${head('mine', 'sub/parent.yaml')}  net.ipv4.tcp_keepalive_time:\n    between: [1, 7200]\n${why}`,
    );
    const { code, stdout, stderr } = tune([
      'audit',
      '--host',
      hostFile('debian-12'),
      '--profile',
      mine,
      '--format',
      'json',
    ]);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout);
    expect(document.profile.lineage).toEqual(['mine', 'parent', 'c1m']);
    expect(document.goal).toBe('2000');
    expect(code).toBe(document.asWanted ? 0 : 1);
  });

  test('sysctl -a as text: what it lacks is absent, not met', () => {
    const text = file(
      'all.txt',
      'kernel.osrelease = 6.1.0\nfs.nr_open = 2097152\nnet.core.somaxconn = 4096\n',
    );
    const { code, stdout } = tune(['audit', '--sysctl', text, '--format', 'json']);
    const { settings } = JSON.parse(stdout) as {
      settings: { key: string; verdict: string; reason: string | null }[];
    };
    const of = (key: string) => settings.find((s) => s.key === key);
    expect(of('fs.nr_open')).toMatchObject({ verdict: 'met' });
    expect(of('fs.file-max')).toMatchObject({ verdict: 'absent', reason: 'not-captured' });
    expect(code).toBe(1);
  });

  test('colour only on a terminal, or when forced, and never with NO_COLOR', () => {
    expect(tune(['audit', '--host', ready], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[');
    expect(tune(['audit', '--host', ready], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain(
      '\u001b[',
    );
  });

  test('a reader that goes away is not an error', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `${TUNE.join(' ')} audit --host ${hostFile('tuned-by-blog')} --format json | head -c 10`],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
  });

  test('works as an ordinary user, and says what it could not see', () => {
    if (process.getuid?.() !== 0) return void console.log('skipped: needs root to become nobody');
    // A copy that everybody may read: the checkout itself may lie in a private folder.
    const copy = mkdtempSync(join(tmpdir(), 'tune-nobody-'));
    const program = TUNE.at(-1) ?? '';
    execFileSync('cp', ['-r', dirname(program), join(copy, 'program')]);
    execFileSync('chmod', ['-R', 'a+rX', copy]);
    try {
      const { status, stdout, stderr } = spawnSync(
        'setpriv',
        [
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          ...TUNE.slice(0, -1),
          join(copy, 'program', basename(program)),
          'audit',
          '--format',
          'json',
        ],
        { encoding: 'utf8', cwd: '/' },
      );
      expect(stderr).toBe('');
      expect([0, 1]).toContain(status);
      expect(JSON.parse(stdout).machine.uid).toBe(65534);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

describe('bad input: one line, exit code 2, no stack trace', () => {
  const huge = () => file('huge.yaml', `name: x\n${'#'.repeat(10 << 20)}`);
  const cut = () => file('cut.json', readFileSync(ready, 'utf8').slice(0, 5000));
  test.each<[string, () => string[], RegExp]>([
    ['no command', () => [], /name a command/],
    ['an unknown command', () => ['audti'], /audit/],
    ['an unknown flag', () => ['audit', '--gaol', '5'], /Unknown argument: gaol/],
    [
      'an unknown profile',
      () => ['audit', '--profile', 'c1n'],
      /--profile: no shipped profile "c1n" \(did you mean "c1m"\?\)/,
    ],
    ['a profile that is a folder', () => ['audit', '--profile', `${folder}/`], /is a directory, not a file/],
    [
      'a profile that is not there',
      () => ['audit', '--profile', './nowhere.yaml'],
      /\.\/nowhere\.yaml: no such file/,
    ],
    ['a 10 MB profile', () => ['audit', '--profile', huge()], /far too large/],
    ['a device as profile', () => ['audit', '--profile', '/dev/zero'], /not a regular file/],
    [
      'a profile with an unknown key',
      () => [
        'audit',
        '--profile',
        file(
          'k.yaml',
          'name: x\ntitle: title\ndescription: long enough to be one, really\ngoal: 5\nsettings:\n  fs.file-mx:\n    atLeast: 5\n    why: because the test needs it so\n    source: test\n',
        ),
      ],
      /k\.yaml:6: unknown key "fs\.file-mx" \(did you mean "fs\.file-max"\?\)/,
    ],
    [
      'a profile that extends itself',
      () => [
        'audit',
        '--profile',
        file(
          'loop.yaml',
          'name: x\ntitle: title\ndescription: long enough to be one, really\ngoal: 5\nextends: ./loop.yaml\nsettings: {}\n',
        ),
      ],
      /loop\.yaml: extends itself: x → x/,
    ],
    [
      'a parent that is not there',
      () => [
        'audit',
        '--profile',
        file(
          'orphan.yaml',
          'name: x\ntitle: title\ndescription: long enough to be one, really\ngoal: 5\nextends: c9m\nsettings: {}\n',
        ),
      ],
      /orphan\.yaml: extends: no shipped profile "c9m"/,
    ],
    [
      'a goal of zero',
      () => ['audit', '--goal', '0'],
      /--goal: "0" is not a whole number from 1 to 1000000000/,
    ],
    ['a negative goal', () => ['audit', '--goal=-5'], /--goal: "-5" is not a whole number/],
    ['a fractional goal', () => ['audit', '--goal', '1.5'], /--goal: "1\.5" is not a whole number/],
    [
      'a goal of 10^12',
      () => ['audit', '--goal', '1000000000000'],
      /--goal: "1000000000000" is not a whole number/,
    ],
    ['a flag twice', () => ['audit', '--goal', '1', '--goal', '2'], /--goal/],
    ['an unknown format', () => ['audit', '--format', 'xml'], /--format: must be human or json/],
    [
      'an unknown key in --only',
      () => ['audit', '--only', 'fs.file-mx'],
      /--only: .*"fs\.file-mx" is not known \(did you mean "fs\.file-max"\?\)/,
    ],
    [
      'an unknown key in --ignore',
      () => ['audit', '--ignore', 'nonsense'],
      /--ignore: key or rule "nonsense" is not known/,
    ],
    ['a process that is gone', () => ['audit', '--pid', '4194304'], /--pid: no process 4194304/],
    ['a pid that is none', () => ['audit', '--pid', 'abc'], /--pid: "abc" is not a whole number/],
    [
      'a service that does not run',
      () => ['audit', '--service', 'no-such'],
      /--service: no-such\.service is not running/,
    ],
    ['a process and a service', () => ['audit', '--pid', '1', '--service', 'x'], /not both/],
    ['a capture cut in half', () => ['audit', '--host', cut()], /not whole JSON \(cut in half\?\)/],
    ['a capture that is not there', () => ['audit', '--host', './none.json'], /no such file/],
    ['a capture and a process', () => ['audit', '--host', ready, '--pid', '1'], /choose it when capturing/],
    [
      'a sysctl file that is none',
      () => ['audit', '--sysctl', 'README.md'],
      /no line of the form "key = value"/,
    ],
    [
      'an unknown key to explain',
      () => ['explain', 'net.ipv4.tcp_rmen'],
      /no such key "net\.ipv4\.tcp_rmen" \(did you mean "net\.ipv4\.tcp_[rw]mem"\?\)/,
    ],
    ['nothing to explain', () => ['explain'], /Not enough non-option arguments/],
    ['an unknown profile to show', () => ['profiles', 'show', 'nope'], /no shipped profile "nope"/],
  ])('%s', (_, args, message) => {
    const { code, stdout, stderr } = tune(args());
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
