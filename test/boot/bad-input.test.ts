import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyPatterns, MAX_PATTERNS } from '../../src/boot/key-patterns.ts';
import { nextBoot } from '../../src/boot/next-boot.ts';
import { pamLimits } from '../../src/boot/pam-limits.ts';
import { DEBIAN_12, DEBIAN_13, type PamVariant } from '../../src/boot/pam-types.ts';
import { MAX_ATTEMPTS } from '../../src/boot/sysctl-result.ts';
import { systemDefault } from '../../src/boot/systemd-limits.ts';
import { KEYS, tree } from './trees.ts';

const boot = (text: string) =>
  nextBoot({
    tree: tree({ '/etc/sysctl.d/a.conf': text }),
    keys: KEYS,
    knowledge: () => ({ shape: { kind: 'integer' }, bounds: { min: null, max: null } }),
    unset: () => null,
    systemd: true,
    cmdline: '',
    moduleIsEarly: () => true,
  });
const codes = (text: string) => new Set(boot(text).complaints.map((c) => c.code));

describe('as much as fits into one file', () => {
  test('malformed lines: the first hundred and a count', () => {
    const { complaints } = boot('x y\n'.repeat(20_000));
    expect(complaints).toHaveLength(101);
    expect(complaints.at(-1)).toMatchObject({ code: 'and-more', detail: '19900 not-an-assignment' });
  });

  test('globs over everything stop at a bound, which is said', () => {
    const { procps, complaints } = boot('net.ipv4.conf.*.*=1\n'.repeat(12_000));
    expect(procps.result.writes.length).toBeLessThan(MAX_ATTEMPTS + 100);
    expect(complaints.map((c) => c.code)).toContain('too-many-entries');
  });

  test.each<[string, string, string]>([
    ['brace bombs', `net.${'{a,b}'.repeat(30)}*=1\n`.repeat(100), 'glob-too-large'],
    ['a pattern of half a million stars', `net.ipv4.${'*a'.repeat(250_000)}=1\n`, 'glob-hits-nothing'],
    ['a path of a quarter million parts', `net/${'a/'.repeat(250_000)}x=1\n`, 'no-such-key'],
    ['a name of a mebibyte', `${'k'.repeat(1 << 20)}=1`, 'line-too-long'],
    ['nothing but NUL', '\0'.repeat(500_000), 'nul-byte'],
  ])('%s', (_, text, code) => {
    expect(codes(text)).toContain(code);
  });

  test('keys beyond counting are cut', () => {
    const text = Array.from({ length: MAX_PATTERNS + 10 }, (_, i) => `a.b${i}=1\n`).join('');
    expect(keyPatterns(tree({ '/etc/sysctl.d/a.conf': text }))).toHaveLength(MAX_PATTERNS);
  });
});

describe('any text at all', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...'net.core/*?[]{}-=#;\\ \n\r\0\t:@%01aM'), maxLength: 300 }),
  );

  test('never makes a model throw', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom<PamVariant>(DEBIAN_12, DEBIAN_13), (text, variant) => {
        const { complaints, keys } = boot(text);
        for (const { file, line } of complaints)
          expect(file === '/etc/sysctl.d/a.conf' && line !== 0).toBe(true);
        for (const path of keys.keys()) expect(path.split('/')).not.toContain('..');
        const user = { name: 'alice', uid: 1000, gid: 1000, groups: [] };
        const limits = { nofile: { soft: 1024n, hard: 4096n } };
        const context = { nrOpen: 1048576n, privileged: true, inherited: limits, init: limits };
        const files = tree({ '/etc/security/limits.conf': text, '/etc/systemd/system.conf': text });
        const { soft, hard } = pamLimits(files, user, context, variant).limits.nofile ?? limits.nofile;
        expect(soft === 'unlimited' ? hard === 'unlimited' : hard === 'unlimited' || soft <= hard).toBe(true);
        systemDefault(files, 1048576n);
      }),
      { numRuns: 1000 },
    );
  });
});
