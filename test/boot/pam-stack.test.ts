import { describe, expect, test } from '@jest/globals';
import { pamService, pamServices } from '../../src/boot/pam-stack.ts';
import { tree } from './trees.ts';

const FILES = tree({
  '/etc/pam.d/common-session': 'session required pam_unix.so\n',
  '/etc/pam.d/with-limits': '# x\nsession [success=ok default=bad] pam_limits.so set_all # why\n',
  '/etc/pam.d/sshd': '@include common-session\nauth include with-limits\nsession include with-limits\n',
  '/etc/pam.d/su': 'session\trequired \\\n  pam_limits.so conf=/etc/other.conf\n',
  '/etc/pam.d/sudo': '@include common-session\n#session required pam_limits.so\n',
  '/etc/pam.d/atd': 'auth required pam_limits.so\n-session optional /lib/security/pam_limits.so\n',
  '/etc/pam.d/loop': '@include loop\nsession substack loop2\n',
  '/etc/pam.d/loop2': 'session include loop\nsession required pam_limits.so',
  '/usr/lib/pam.d/systemd-user': 'session required pam_limits.so\n',
  '/etc/pam.d/other': 'session required pam_deny.so\n',
});

describe('services that call pam_limits', () => {
  test.each<[string, string | null]>([
    ['sshd', '/etc/pam.d/with-limits:2'],
    ['su', '/etc/pam.d/su:1'],
    ['sudo', null],
    ['atd', '/etc/pam.d/atd:2'],
    ['loop', '/etc/pam.d/loop2:2'],
    ['systemd-user', '/usr/lib/pam.d/systemd-user:1'],
    ['nothing-of-the-kind', null],
  ])('%s: %s', (service, where) => {
    const { at } = pamService(FILES, service);
    expect(at && `${at.file}:${at.line}`).toBe(where);
  });

  test('arguments and control come along', () => {
    expect(pamService(FILES, 'sshd')).toMatchObject({
      args: ['set_all'],
      control: '[success=ok default=bad]',
    });
    expect(pamService(FILES, 'su').args).toEqual(['conf=/etc/other.conf']);
  });

  test('every service once, in byte order', () => {
    const names = pamServices(FILES).map((s) => s.service);
    expect(names).toEqual([...names].sort());
    expect(names).toContain('systemd-user');
  });
});
