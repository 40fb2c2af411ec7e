import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/strict-overcommit.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('strict-overcommit', () => {
  const check = (mode: string) => rule.check(contextOf({ facts: { 'vm.overcommit_memory': mode } }));

  test('mode 2', () => {
    expect(check('2')).toEqual([
      {
        code: 'strict-overcommit',
        severity: 'warning',
        subject: 'vm.overcommit_memory',
        what: 'vm.overcommit_memory is 2: V8, Go and the JVM reserve far more address space than they use and get ENOMEM at the commit limit, while the memory of sockets is not counted there at all.',
        remedy:
          'Run `sysctl -w vm.overcommit_memory=0` now, and write `vm.overcommit_memory = 0` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('silent about 0 and 1', () => {
    expect([...check('0'), ...check('1')]).toEqual([]);
  });

  test('says what it could not read', () => {
    expect(rule.check(contextOf({ facts: { 'vm.overcommit_memory': denied() } }))).toEqual([
      { code: 'strict-overcommit', why: 'vm.overcommit_memory could not be read (EACCES)' },
    ]);
  });
});
