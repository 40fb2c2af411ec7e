import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/socket-buffer-defaults.ts';
import { contextOf, denied } from '../support/snapshot.ts';

describe('socket-buffer-defaults', () => {
  const usual = {
    'net.core.rmem_default': '212992',
    'net.core.wmem_default': '212992',
    'net.core.rmem_max': '4194304',
    'net.core.wmem_max': '4194304',
    'net.core.optmem_max': '131072',
  };

  test('a default of 16 MiB for every socket', () => {
    const facts = { ...usual, 'net.core.rmem_default': '16777216' };
    expect(rule.check(contextOf({ facts }))).toEqual([
      {
        code: 'socket-buffer-defaults',
        severity: 'warning',
        subject: 'net.core.rmem_default',
        what: 'net.core.rmem_default is 16,777,216 (16.0 MiB): TCP ignores it, and each UDP, Unix and raw socket may queue that much.',
        remedy:
          'Unless a program on this host needs it, run `sysctl -w net.core.rmem_default=212992` now, and write `net.core.rmem_default = 212992` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test.each([
    ['net.core.wmem_max', '134217728'],
    ['net.core.optmem_max', '25165824'],
  ])('%s = %s is information', (key, live) => {
    expect(rule.check(contextOf({ facts: { ...usual, [key]: live } }))).toMatchObject([
      { severity: 'info', subject: key },
    ]);
  });

  test("silent about the kernel's own values", () => {
    expect(rule.check(contextOf({ facts: usual }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const facts = { ...usual, 'net.core.wmem_default': denied() };
    expect(rule.check(contextOf({ facts }))).toEqual([
      { code: 'socket-buffer-defaults', why: 'net.core.wmem_default could not be read (EACCES)' },
    ]);
  });

  test.each([
    ['net.core.rmem_default', 4_194_304],
    ['net.core.rmem_max', 67_108_864],
    ['net.core.optmem_max', 1_048_576],
  ])('%s may be %s and no more', (key, most) => {
    expect(rule.check(contextOf({ facts: { ...usual, [key]: `${most}` } }))).toEqual([]);
    expect(rule.check(contextOf({ facts: { ...usual, [key]: `${most + 1}` } }))).toHaveLength(1);
  });
});
