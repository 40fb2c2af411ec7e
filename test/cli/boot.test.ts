import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tune } from '../support/cli.ts';

const host = (name: string) => ['--host', `test/fixtures/hosts/${name}/host.json`];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tune-image-'));
  const files = {
    'usr/lib/systemd/systemd': '',
    'etc/os-release': 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="An image"\n',
    'etc/sysctl.d/50-ours.conf': 'net.core.somaxconn = 65535\nnet.ipv4.tcp_keepalive_time = 600\n',
    'usr/lib/sysctl.d/90-vendor.conf': 'net.core.somaxconn = 512\n',
    'etc/sysctl.conf': 'net.ipv4.tcp_keepalive_time = 300\n',
    'etc/security/limits.conf': '* - nofile 65536\nroot - nofile 131072\n',
    'etc/pam.d/login': 'session required pam_limits.so\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface BootDocument {
  readonly keys: readonly {
    readonly key: string;
    readonly differs: boolean;
    readonly boot: {
      readonly value: string;
      readonly at: string;
      readonly losing: readonly { readonly at: string }[];
    };
    readonly manual: { readonly value: string; readonly at: string };
  }[];
  readonly sessions: readonly {
    readonly session: string;
    readonly soft: string;
    readonly hard: string;
    readonly hardAt: string | null;
  }[];
}

describe('tune boot', () => {
  test('--root reads an image: the winner, the loser, and what sysctl --system would do', () => {
    const { code, stdout, stderr } = tune(['boot', '--root', root, '--format', 'json']);
    expect([code, stderr]).toEqual([0, '']);
    const { keys, sessions } = JSON.parse(stdout) as BootDocument;
    const of = (key: string) => keys.find((k) => k.key === key);
    expect(of('net.core.somaxconn')?.boot).toMatchObject({
      value: '512',
      at: '/usr/lib/sysctl.d/90-vendor.conf:1',
      losing: [{ at: '/etc/sysctl.d/50-ours.conf:1' }],
    });
    expect(of('net.ipv4.tcp_keepalive_time')).toMatchObject({
      differs: true,
      boot: { value: '600', at: '/etc/sysctl.d/50-ours.conf:2' },
      manual: { value: '300', at: '/etc/sysctl.conf:1' },
    });
    expect(sessions.slice(0, 2)).toMatchObject([
      { session: 'login user', soft: '65536', hard: '65536', hardAt: '/etc/security/limits.conf:1' },
      { session: 'root login', soft: '131072', hard: '131072', hardAt: '/etc/security/limits.conf:2' },
    ]);
  });

  test('the limits of a plain Debian 12 and 13 are what those machines gave their sessions', () => {
    // Seen in real sessions of the virtual machines that these captures come from.
    const rows = (name: string) =>
      (JSON.parse(tune(['boot', ...host(name), '--format', 'json']).stdout) as BootDocument).sessions.map(
        (s) => [s.session, s.soft, s.hard],
      );
    expect(rows('debian-12')).toEqual([
      ['login user', '1024', '1048576'],
      ['root login', '1024', '1048576'],
      ['cron', '1024', '1048576'],
      ['systemd service', '1024', '524288'],
      ['user service', '1024', '1048576'],
    ]);
    expect(rows('debian-13').map(([, , hard]) => hard)).toEqual(Array(5).fill('524288'));
  });

  test('a file that refuses every login is an error, and the exit code says so', () => {
    const { code, stdout } = tune(['boot', ...host('lost-at-reboot')]);
    expect(stdout).toContain('with 1 open');
    expect(code).toBe(1);
    expect(tune(['boot', '--limits', ...host('lost-at-reboot')]).stdout).toContain('refused');
  });

  test('explain prints the chain, winner first', () => {
    const { stdout } = tune(['explain', 'net.ipv4.tcp_keepalive_time', ...host('lost-at-reboot')]);
    expect(stdout).toContain('7200 (by /usr/lib/sysctl.d/60-vendor.conf:1)');
    expect(stdout.indexOf('loses: /etc/sysctl.d/50-admin.conf:1')).toBeGreaterThan(
      stdout.indexOf('60-vendor.conf:1'),
    );
  });

  test.each([
    [
      'a folder that is not there',
      ['boot', '--root', './no-such-folder'],
      /--root: \.\/no-such-folder: no such folder/,
    ],
    [
      'a capture and a root',
      ['boot', '--root', '/', ...host('debian-12')],
      /--root: a capture carries its own files/,
    ],
  ])('%s: one line, exit code 2', (_, args, message) => {
    const { code, stdout, stderr } = tune(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
