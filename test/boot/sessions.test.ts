import { describe, expect, test } from '@jest/globals';
import { DEBIAN_12, DEBIAN_13, type SessionUser, UPSTREAM } from '../../src/boot/pam-types.ts';
import { type SessionsInput, sessionTable } from '../../src/boot/sessions.ts';
import { tree } from './trees.ts';

const ALICE: SessionUser = { name: 'alice', uid: 1000, gid: 1000, groups: [{ name: 'alice', gid: 1000 }] };
const PAM = {
  '/etc/pam.d/sshd': 'session required pam_limits.so\n',
  '/etc/pam.d/cron': 'session required pam_limits.so\n',
  '/etc/pam.d/systemd-user': 'session required pam_limits.so\n',
  '/etc/security/limits.conf': '',
};
const NR_OPEN = 1048576n;

const table = (files: Parameters<typeof tree>[0], more: Partial<SessionsInput> = {}) =>
  Object.fromEntries(
    sessionTable({
      tree: tree({ ...PAM, ...files }),
      nrOpen: NR_OPEN,
      variant: DEBIAN_13,
      systemd: true,
      init: { soft: NR_OPEN, hard: NR_OPEN },
      user: ALICE,
      ...more,
    }).map((row) => [row.session, row]),
  );
const shown = (files: Parameters<typeof tree>[0], more: Partial<SessionsInput> = {}) =>
  Object.fromEntries(
    Object.entries(table(files, more)).map(([name, row]) => [name, row.refused ?? `${row.soft}:${row.hard}`]),
  );

describe('the session table', () => {
  test('nothing configured, Debian 13', () => {
    expect(shown({})).toEqual({
      'login user': '1024:524288',
      'root login': '1024:524288',
      cron: '1024:524288',
      'systemd service': '1024:524288',
      'user service': '1024:524288',
    });
  });

  test('nothing configured, Debian 12: PAM sessions start from process 1', () => {
    const rows = shown({}, { variant: DEBIAN_12 });
    expect([rows['login user'], rows['systemd service'], rows['user service']]).toEqual([
      '1024:1048576',
      '1024:524288',
      '1024:1048576',
    ]);
  });

  test('* lifts users and not root on Debian, both upstream', () => {
    const files = { '/etc/security/limits.d/99.conf': '* soft nofile 100000\n* hard nofile 1000000\n' };
    expect(shown(files)).toMatchObject({
      'login user': '100000:1000000',
      'root login': '1024:524288',
      'user service': '1024:1000000',
    });
    expect(shown(files, { variant: UPSTREAM })).toMatchObject({ 'root login': '100000:1000000' });
    expect(table(files)['login user']).toMatchObject({
      softAt: { line: 1 },
      hardAt: { line: 2 },
      pamService: 'sshd',
    });
  });

  test('services take DefaultLimitNOFILE, sessions inherit it', () => {
    const files = { '/etc/systemd/system.conf.d/t.conf': '[Manager]\nDefaultLimitNOFILE=1024:2000000\n' };
    expect(shown(files)).toMatchObject({ 'systemd service': '1024:1048576', 'login user': '1024:1048576' });
    expect(table(files)['systemd service']?.hardAt).toMatchObject({
      file: '/etc/systemd/system.conf.d/t.conf',
      line: 2,
    });
  });

  test('a service of its own, and user@.service', () => {
    const files = {
      '/etc/systemd/system/web.service': '[Service]\nLimitNOFILE=77777\n',
      '/etc/systemd/system/user@.service.d/x.conf': '[Service]\nLimitNOFILE=1024:900000\n',
    };
    expect(shown(files, { service: 'web.service' })).toMatchObject({
      'systemd service': '77777:77777',
      'user service': '1024:900000',
    });
  });

  test('a lock-out is said, unless the stack makes pam_limits optional', () => {
    const files = { '/etc/security/limits.conf': '* - nofile 2000000\n' };
    expect(shown(files, { variant: UPSTREAM })['login user']).toBe('EPERM');
    expect(
      shown({ ...files, '/etc/pam.d/sshd': 'session optional pam_limits.so\n' }, { variant: UPSTREAM })[
        'login user'
      ],
    ).toBe('1024:524288');
  });

  test('conf= replaces limits.conf; a service without pam_limits ignores it', () => {
    const files = {
      '/etc/pam.d/sshd': 'session required pam_limits.so conf=/etc/ssh/limits\n',
      '/etc/ssh/limits': 'alice - nofile 4444\n',
      '/etc/pam.d/cron': 'session required pam_unix.so\n',
      '/etc/security/limits.conf': 'root - nofile 5555\n',
    };
    expect(shown(files)).toMatchObject({ 'login user': '4444:4444', cron: '1024:524288' });
  });

  test('without systemd everything starts from process 1', () => {
    const rows = shown({}, { systemd: false, init: { soft: 1024n, hard: 4096n } });
    expect(rows).toEqual({ 'login user': '1024:4096', 'root login': '1024:4096', cron: '1024:4096' });
  });
});
