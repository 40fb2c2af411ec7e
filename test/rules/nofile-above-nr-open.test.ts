import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/nofile-above-nr-open.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('nofile-above-nr-open', () => {
  test('a hard limit above fs.nr_open is an error', () => {
    const facts = { 'limit.nofile.hard': '1048576', 'fs.nr_open': '1000000' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'nofile-above-nr-open',
        severity: 'error',
        subject: 'limit.nofile.hard',
        what: 'limit.nofile.hard is 1,048,576 and fs.nr_open is 1,000,000: descriptors stop at fs.nr_open, and whoever sets this limit again gets EPERM, which fails a service with 205/LIMITS and may refuse a login.',
        remedy:
          'Run `sysctl -w fs.nr_open=1048576` now, and write `fs.nr_open = 1048576` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('no fs.nr_open is enough for an unlimited hard limit', () => {
    const facts = { 'limit.nofile.hard': 'unlimited', 'fs.nr_open': '1048576' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'nofile-above-nr-open',
        severity: 'error',
        subject: 'limit.nofile.hard',
        what: 'limit.nofile.hard is unlimited and fs.nr_open is 1,048,576: descriptors stop at fs.nr_open, and whoever sets this limit again gets EPERM, which fails a service with 205/LIMITS and may refuse a login.',
        remedy:
          'Ask for a nofile limit of 2097152 where it is set (LimitNOFILE= of the unit, or limits.d). Run `sysctl -w fs.nr_open=2097152` now, and write `fs.nr_open = 2097152` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('the limit that systemd would set is held to it too', () => {
    const facts = {
      'limit.nofile.hard': '4096',
      'fs.nr_open': '1048576',
      'systemd.LimitNOFILE': '2097152',
    };
    expect(rule.check(contextOf({ facts }))).toMatchObject([{ subject: 'systemd.LimitNOFILE' }]);
  });

  test('equal is allowed', () => {
    const facts = { 'limit.nofile.hard': '1048576', 'fs.nr_open': '1048576' };
    expect(rule.check(contextOf({ facts }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const facts = { 'limit.nofile.hard': '1048576', 'fs.nr_open': denied() };
    expect(rule.check(contextOf({ facts }))).toEqual([
      { code: 'nofile-above-nr-open', why: 'fs.nr_open could not be read (EACCES)' },
    ]);
  });

  test('fs.nr_open can be raised to 2,147,483,584 and no further', () => {
    const remedyFor = (hard: string) =>
      rule.check(contextOf({ facts: { 'limit.nofile.hard': hard, 'fs.nr_open': '1073741816' } }));
    expect(remedyFor('2147483584')).toMatchObject([
      { remedy: expect.stringContaining('sysctl -w fs.nr_open=2147483584') },
    ]);
    expect(remedyFor('2147483585')).toMatchObject([
      {
        remedy:
          'Ask for a nofile limit of 1073741816 where it is set (LimitNOFILE= of the unit, or limits.d).',
      },
    ]);
  });
});
