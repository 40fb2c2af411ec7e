import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/services-need-limitnofile.ts';
import { absent, contextOf, denied } from '../support/snapshot.ts';

describe('services-need-limitnofile', () => {
  const service = { pid: 900, name: 'nginx', chosenBy: 'service' } as const;

  test("a service at systemd's default needs LimitNOFILE=", () => {
    const facts = { 'limit.nofile.hard': '524288' };
    expect(rule.check(contextOf({ facts, machine: { subject: service } }))).toEqual([
      {
        code: 'services-need-limitnofile',
        severity: 'warning',
        subject: 'limit.nofile.hard',
        what: 'The hard nofile limit of nginx (pid 900) is 524,288, and 1,000,000 connections need 1,001,000 descriptors; lines in /etc/security/limits.conf do not reach services.',
        remedy:
          'Write `[Service]` and `LimitNOFILE=2097152` to /etc/systemd/system/UNIT.d/zz-tune.conf, where UNIT is what `systemctl status 900` names, then run `systemctl daemon-reload && systemctl restart UNIT`.',
      },
    ]);
  });

  test('the default of the service manager counts where no server was named', () => {
    const facts = { 'limit.nofile.hard': '2097152', 'systemd.DefaultLimitNOFILE': '524288' };
    expect(rule.check(contextOf({ facts }))).toMatchObject([
      { severity: 'warning', subject: 'systemd.DefaultLimitNOFILE' },
    ]);
  });

  test('a service with enough is fine', () => {
    const facts = { 'limit.nofile.hard': '2097152' };
    expect(rule.check(contextOf({ facts, machine: { subject: service } }))).toEqual([]);
  });

  test('does not apply without systemd', () => {
    expect(rule.check(contextOf({ machine: { init: 'busybox' } }))).toEqual([]);
  });

  test('the limits of a login shell say nothing about services', () => {
    expect(rule.check(contextOf({ facts: { 'limit.nofile.hard': '2097152' } }))).toEqual([
      {
        code: 'services-need-limitnofile',
        why: 'the limits read are those of bash, which services do not inherit; name the server with --service or --pid',
      },
    ]);
  });

  test('says what it could not read', () => {
    const facts = { 'limit.nofile.hard': denied() };
    expect(rule.check(contextOf({ facts, machine: { subject: service } }))).toEqual([
      { code: 'services-need-limitnofile', why: 'limit.nofile.hard could not be read (EACCES)' },
    ]);
  });

  test('the goal and a thousand other descriptors are enough', () => {
    const has = (hard: string) =>
      rule.check(contextOf({ facts: { 'limit.nofile.hard': hard }, machine: { subject: service } }));
    expect(has('1001000')).toEqual([]);
    expect(has('1000999')).toHaveLength(1);
    const inherited = (n: string) => rule.check(contextOf({ facts: { 'systemd.DefaultLimitNOFILE': n } }));
    expect(inherited('1001000')).toEqual([]);
    expect(inherited('1000999')).toHaveLength(1);
  });

  test("an unset default is systemd's own, 524288", () => {
    const facts = { 'systemd.DefaultLimitNOFILE': absent('not-configured') };
    expect(rule.check(contextOf({ facts }))).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('is 524,288,') },
    ]);
    expect(rule.check(contextOf({ facts }, 500_000n))).toEqual([]);
    const hidden = { 'systemd.DefaultLimitNOFILE': denied() };
    expect(rule.check(contextOf({ facts: hidden }))).toMatchObject([
      { why: 'systemd.DefaultLimitNOFILE could not be read (EACCES)' },
    ]);
  });
});
