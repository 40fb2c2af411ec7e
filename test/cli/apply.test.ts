import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tune } from '../support/cli.ts';

// Everything here writes below a temporary root: nothing of the host that runs the tests is touched.
const isRoot = process.getuid?.() === 0;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tune-apply-'));
  const files = {
    'usr/lib/systemd/systemd': '',
    'etc/os-release': 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="An image"\n',
    'etc/sysctl.d/50-admin.conf': 'net.ipv4.tcp_keepalive_time = 300\n',
    'etc/security/limits.conf': '# nothing\n',
    'etc/pam.d/login': 'session required pam_limits.so\n',
    'var/lib/.keep': '',
  };
  for (const [name, text] of Object.entries(files)) put(name, text);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

/** Every file with its bytes and mode, every folder with its mode; tune's own state left out. */
function picture(): string {
  const walk = (path: string): readonly string[] =>
    readdirSync(join(root, path))
      .sort()
      .flatMap((name) => {
        const at = join(path, name);
        if (at === 'var/lib/tune') return [];
        const stat = statSync(join(root, at));
        const mode = (stat.mode & 0o7777).toString(8);
        if (stat.isDirectory()) return [`${at}/ ${mode}`, ...walk(at)];
        return [
          `${at} ${mode} ${createHash('sha256')
            .update(readFileSync(join(root, at)))
            .digest('hex')}`,
        ];
      });
  return walk('').join('\n');
}

describe('tune apply --root', () => {
  test('the plan names programs that may write a key again after the boot', () => {
    put('etc/ufw/ufw.conf', 'ENABLED=yes\n');
    put('etc/default/ufw', 'IPT_SYSCTL=/etc/ufw/sysctl.conf\n');
    put('etc/ufw/sysctl.conf', 'net/core/somaxconn=128\n');
    const { code, stdout } = tune(['plan', '--root', root, '--profile', 'c1m', '--format', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).laterWriters).toEqual([{ key: 'net.core.somaxconn', programs: ['ufw'] }]);
    expect(tune(['plan', '--root', root, '--profile', 'c1m']).stdout).toMatch(
      /May be written again after the boot\n {2}net\.core\.somaxconn: by ufw\n/,
    );
  });

  test('writes the files, a second apply changes nothing, and rollback is exact', () => {
    if (!isRoot) return void console.log('skipped: needs root');
    const before = picture();
    const first = tune(['apply', '--root', root, '--profile', 'c1m', '--yes']);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const sysctl = readFileSync(join(root, 'etc/sysctl.d/zz-tune.conf'), 'utf8');
    expect(sysctl).toContain('fs.nr_open = 2097152');
    // What the next boot gives anyway is not repeated.
    expect(sysctl).not.toContain('tcp_keepalive_time');
    const limits = readFileSync(join(root, 'etc/security/limits.d/zz-tune.conf'), 'utf8');
    for (const line of [
      '* hard nofile 2097152',
      'root hard nofile 2097152',
      '* soft nofile 2097152',
      'root soft nofile 2097152',
    ]) {
      expect(limits.split('\n')).toContain(line);
    }
    expect(readFileSync(join(root, 'etc/systemd/system.conf.d/zz-tune.conf'), 'utf8')).toContain(
      'DefaultLimitNOFILE=1024:2097152',
    );
    expect(statSync(join(root, 'etc/sysctl.d/zz-tune.conf')).mode & 0o777).toBe(0o644);
    expect(statSync(join(root, 'var/lib/tune')).mode & 0o777).toBe(0o700);

    const mtime = statSync(join(root, 'etc/sysctl.d/zz-tune.conf')).mtimeMs;
    const second = tune(['apply', '--root', root, '--profile', 'c1m', '--yes']);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('Nothing to do');
    expect(statSync(join(root, 'etc/sysctl.d/zz-tune.conf')).mtimeMs).toBe(mtime);

    expect(tune(['history', '--root', root]).stdout).toMatch(/^0001 .* c1m, 1000000 connections: applied/);
    const back = tune(['rollback', '--root', root]);
    expect([back.code, back.stderr]).toEqual([0, '']);
    expect(picture()).toBe(before);
    expect(tune(['rollback', '--root', root]).stdout).toBe('Nothing to undo.\n');
  });

  test('an interrupted one that is in force all the same is not called done', () => {
    if (!isRoot) return void console.log('skipped: needs root');
    const before = picture();
    const apply = ['apply', '--root', root, '--profile', 'c1m', '--yes'];
    expect(tune(apply).code).toBe(0);
    const journal = join(root, 'var/lib/tune/journal/0001.json');
    const text = readFileSync(journal, 'utf8').replace('"state": "applied"', '"state": "started"');
    writeFileSync(journal, text);
    const again = tune(apply);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^tune: apply 0001 of \S+ was interrupted: "tune rollback" puts back/);
    expect(tune(['rollback', '--root', root]).code).toBe(0);
    expect(picture()).toBe(before);
  });

  test('after it, the boot model gives every session what the profile asks for', () => {
    if (!isRoot) return void console.log('skipped: needs root');
    expect(tune(['apply', '--root', root, '--profile', 'c1m', '--yes']).code).toBe(0);
    const { sessions, keys } = JSON.parse(tune(['boot', '--root', root, '--format', 'json']).stdout);
    expect(sessions.slice(0, 2).map((s: { hard: string }) => s.hard)).toEqual(['2097152', '2097152']);
    expect(sessions.find((s: { session: string }) => s.session === 'systemd service').hard).toBe('2097152');
    const nrOpen = keys.find((k: { key: string }) => k.key === 'fs.nr_open');
    expect(nrOpen.boot).toMatchObject({ value: '2097152' });
  });

  test('a vendor file that would win is refused by name, and outranked when asked', () => {
    if (!isRoot) return void console.log('skipped: needs root');
    put('usr/lib/sysctl.d/zzz-vendor.conf', 'fs.nr_open = 1048576\n');
    const before = picture();
    const refused = tune(['apply', '--root', root, '--profile', 'c1m', '--yes']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('/usr/lib/sysctl.d/zzz-vendor.conf:1');
    expect(picture()).toBe(before);
    const outranked = tune(['apply', '--root', root, '--profile', 'c1m', '--yes', '--outrank']);
    expect([outranked.code, outranked.stderr]).toEqual([0, '']);
    const { keys } = JSON.parse(tune(['boot', '--root', root, '--format', 'json']).stdout);
    expect(keys.find((k: { key: string }) => k.key === 'fs.nr_open').boot.value).toBe('2097152');
  });

  test('a file of somebody else at our name is never touched', () => {
    if (!isRoot) return void console.log('skipped: needs root');
    put('etc/sysctl.d/zz-tune.conf', '# mine\nfs.nr_open = 1048576\n');
    const before = picture();
    const { code, stderr } = tune(['apply', '--root', root, '--profile', 'c1m', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('/etc/sysctl.d/zz-tune.conf');
    expect(picture()).toBe(before);
  });
});

describe('tune plan', () => {
  test('a plan is a document that apply executes, and refuses when a fact has moved', () => {
    if (!isRoot) return void console.log('skipped: needs root');
    const { code, stdout } = tune(['plan', '--root', root, '--profile', 'c1m', '--format', 'json']);
    expect(code).toBe(1);
    expect(tune(['plan', '--root', root, '--profile', 'c1m', '--format', 'json']).stdout).toBe(stdout);
    put('plan.json', stdout);
    put('etc/sysctl.d/90-late.conf', 'fs.nr_open = 4194304\n');
    const stale = tune(['apply', '--root', root, '--plan', join(root, 'plan.json'), '--yes']);
    expect(stale.code).toBe(2);
    expect(stale.stderr).toContain('boot:fs.nr_open');
    rmSync(join(root, 'etc/sysctl.d/90-late.conf'));
    expect(tune(['apply', '--root', root, '--plan', join(root, 'plan.json'), '--yes']).code).toBe(0);
    expect(existsSync(join(root, 'etc/sysctl.d/zz-tune.conf'))).toBe(true);
  });

  test('--emit only writes the fragments', () => {
    const folder = join(root, 'out');
    mkdirSync(folder);
    const { code, stdout } = tune(['apply', '--emit', folder, '--profile', 'c1m', '--root', root]);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toContain(join(folder, 'etc/sysctl.d/zz-tune.conf'));
    expect(existsSync(join(root, 'var/lib/tune'))).toBe(false);
  });
});

describe('bad input: one line, exit code 2, nothing touched', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no terminal to ask on', ['apply', '--profile', 'c1m'], /there is no terminal to ask on/],
    ['a plan that is none', ['apply', '--plan', 'package.json', '--yes'], /not a plan/],
    [
      'a plan that is not there',
      ['apply', '--plan', './none.json', '--yes'],
      /none\.json cannot be looked at: ENOENT/,
    ],
    [
      'a time that is none',
      ['apply', '--confirm-within', 'soon', '--yes'],
      /--confirm-within: "soon" is not a time such as 90s, 5m or 2h/,
    ],
    ['an apply that never was', ['rollback', '--to', '9999'], /9999|Nothing to undo/],
  ])('%s', (_, args, message) => {
    const before = picture();
    const { code, stdout, stderr } = tune([...args, '--root', root]);
    expect(stdout + stderr).toMatch(message);
    expect(code === 2 || stdout.includes('Nothing to undo')).toBe(true);
    expect(picture()).toBe(before);
  });
});
