import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/somaxconn-not-felt-by-listeners.ts';
import { contextOf, denied, listener } from '../support/snapshot.ts';

describe('somaxconn-not-felt-by-listeners', () => {
  test('listeners that were opened before somaxconn was raised', () => {
    const facts = { 'net.core.somaxconn': '65535' };
    const listeners = [
      listener('0.0.0.0:80', 4096),
      listener('[::]:443', 511),
      listener('0.0.0.0:8080', 65_535),
    ];
    expect(rule.check(contextOf({ facts, listeners }))).toEqual([
      {
        code: 'somaxconn-not-felt-by-listeners',
        severity: 'info',
        subject: 'net.core.somaxconn',
        what: 'net.core.somaxconn is 65,535, but 0.0.0.0:80 has a backlog of 4,096, [::]:443 has a backlog of 511: a listener keeps the smaller of what it asked for and what somaxconn was when it called listen().',
        remedy:
          'Restart the service, and where its backlog stays small raise it in its own configuration, e.g. `listen 80 backlog=65535;` in nginx.',
      },
    ]);
  });

  test("with the kernel's own somaxconn it is information, and somaxconn comes first", () => {
    const facts = { 'net.core.somaxconn': '4096' };
    expect(rule.check(contextOf({ facts, listeners: [listener('0.0.0.0:22', 128)] }))).toEqual([
      {
        code: 'somaxconn-not-felt-by-listeners',
        severity: 'info',
        subject: 'net.core.somaxconn',
        what: 'net.core.somaxconn is 4,096, but 0.0.0.0:22 has a backlog of 128: a listener keeps the smaller of what it asked for and what somaxconn was when it called listen().',
        remedy:
          'Run `sysctl -w net.core.somaxconn=65535` now, and write `net.core.somaxconn = 65535` to /etc/sysctl.d/zz-tune.conf for the next boot. Then restart the service, and where its backlog stays small raise it in its own configuration, e.g. `listen 80 backlog=65535;` in nginx.',
      },
    ]);
  });

  test('silent when the backlog is not far below, for UDP, and with no listener at all', () => {
    const facts = { 'net.core.somaxconn': '16384' };
    const listeners = [listener('0.0.0.0:80', 4097), listener('0.0.0.0:53', null, 'udp')];
    expect(rule.check(contextOf({ facts, listeners }))).toEqual([]);
    expect(rule.check(contextOf())).toEqual([]);
  });

  test('says what it could not see', () => {
    const machine = { listenersIncomplete: '/proc/net/tcp6: EACCES' };
    const facts = { 'net.core.somaxconn': '4096' };
    const listeners = [listener('0.0.0.0:80')];
    expect(rule.check(contextOf({ facts, machine, listeners }))).toEqual([
      {
        code: 'somaxconn-not-felt-by-listeners',
        why: 'the list of listeners is not complete: /proc/net/tcp6: EACCES',
      },
      {
        code: 'somaxconn-not-felt-by-listeners',
        why: 'the backlog of 0.0.0.0:80 is not known (`ss` did not tell it)',
      },
    ]);
    expect(rule.check(contextOf({ facts: { 'net.core.somaxconn': denied() }, listeners }))).toEqual([
      { code: 'somaxconn-not-felt-by-listeners', why: 'net.core.somaxconn could not be read (EACCES)' },
    ]);
  });
});
