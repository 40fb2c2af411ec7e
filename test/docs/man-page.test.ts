/** docs/man/tune.1 is what the command line's definitions say today, and holds all that the help texts show. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { tune } from '../support/cli.ts';

const published = 'docs/man/tune.1';
const generate = (...args: string[]) =>
  spawnSync(process.execPath, ['scripts/generate-man.mjs', ...args], { encoding: 'utf8' });

/** The page as plain words, without what roff adds. */
const page = readFileSync(published, 'utf8')
  .replaceAll('\\-', '-')
  .replaceAll(/\\f[BIR]/g, '');

/** The first words of the lines below a heading of a help text. */
function entries(help: string, heading: string): readonly string[] {
  const body = help.split(`${heading}\n`)[1]?.split('\n\n')[0] ?? '';
  return body.split('\n').filter((line) => /^ {2}\S/.test(line) || /^ {6}--/.test(line));
}

describe('docs/man/tune.1', () => {
  test('is up to date', () => {
    expect(generate('--check')).toMatchObject({ status: 0, stderr: '' });
  });

  test('--check notices a change', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tune-man-'));
    try {
      writeFileSync(join(folder, 'tune.1'), `${readFileSync(published, 'utf8')}.PP\n`);
      const { status, stderr } = generate('--check', join(folder, 'tune.1'));
      expect([status, stderr.includes('is out of date')]).toEqual([1, true]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('has every command and option that --help shows', () => {
    const commands = entries(tune(['--help']).stdout, 'Commands:').map(
      (line) => line.trim().split(/ +/)[1] ?? '',
    );
    expect(commands).toContain('audit');
    const general = page.split('.SH GLOBAL OPTIONS')[1]?.split('.SH ')[0] ?? '';
    for (const command of commands) {
      expect(page).toContain(`.SS "tune ${command}`);
      const own = page.split('.SS "').filter((section) => new RegExp(`^tune ${command}\\b`).test(section));
      const section = [...own.map((text) => text.split('.SH ')[0]), general].join('');
      const options = entries(tune([command, '--help']).stdout, 'Options:').flatMap(
        (line) => line.match(/--[a-z0-9-]+/) ?? [],
      );
      expect(options).toContain('--format');
      for (const option of options)
        expect([command, option, section.includes(option)]).toEqual([command, option, true]);
    }
  });

  test('roff has no complaint', () => {
    const { status, stderr, error } = spawnSync(
      'groff',
      ['-man', '-Tutf8', '-ww', '-z', '-K', 'utf8', published],
      {
        encoding: 'utf8',
      },
    );
    if (error) return void console.log('skipped: groff is not installed');
    expect([status, stderr]).toEqual([0, '']);
  });
});
