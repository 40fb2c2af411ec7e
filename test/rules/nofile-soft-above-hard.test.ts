import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/nofile-soft-above-hard.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('nofile-soft-above-hard', () => {
  test('a soft limit above the hard one is an error', () => {
    const facts = { 'limit.nofile.soft': '65536', 'limit.nofile.hard': '4096' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'nofile-soft-above-hard',
        severity: 'error',
        subject: 'limit.nofile.soft',
        what: 'The soft nofile limit is 65,536 and the hard one is 4,096: setrlimit refuses the pair with EINVAL, and pam_limits silently cuts the soft limit down to the hard one.',
        remedy:
          'Run `prlimit --pid 4242 --nofile=65536:65536` now as root, and raise the hard limit together with the soft one where they are set (`LimitNOFILE=65536:65536`, or a `-` line in /etc/security/limits.d).',
      },
    ]);
  });

  test.each([
    ['1024', '524288'],
    ['4096', '4096'],
    ['1024', 'unlimited'],
    ['unlimited', 'unlimited'],
  ])('soft %s within hard %s is fine', (soft, hard) => {
    const facts = { 'limit.nofile.soft': soft, 'limit.nofile.hard': hard };
    expect(rule.check(contextOf({ facts }))).toEqual([]);
  });

  test('says what it could not read', () => {
    expect(rule.check(contextOf({ facts: { 'limit.nofile.soft': denied('EPERM') } }))).toEqual([
      {
        code: 'nofile-soft-above-hard',
        why: 'limit.nofile.soft could not be read (EPERM); limit.nofile.hard was not read',
      },
    ]);
  });
});
