import { describe, expect, test } from '@jest/globals';
import { compileName } from '../../src/boot/fnmatch.ts';
import { expandBraces, GlobExpander, type GlobOptions } from '../../src/boot/glob.ts';
import { KEYS } from './trees.ts';

describe('fnmatch', () => {
  test.each<[string, string, boolean]>([
    ['*', 'eth0', true],
    ['*', '.hidden', false],
    ['.*', '.hidden', true],
    ['[.]hidden', '.hidden', false],
    ['e?h*', 'eth0.100', true],
    ['[a-e]th0', 'eth0', true],
    ['[!e]th0', 'eth0', false],
    ['[]x]', ']', true],
    ['[[]x]', '[x]', true],
    ['[x', '[x', true],
    ['[[:digit:]]', '7', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['abc\\', 'abc\\', false],
    ['a**b', 'a--b', true],
    ['', '', true],
  ])('%s against %s: %p', (pattern, name, matches) => {
    expect(compileName(pattern, 'byte')(name)).toBe(matches);
    expect(compileName(pattern, 'character')(name)).toBe(matches);
  });

  test('é is two bytes in the C locale, and one character or two bytes in a UTF-8 one', () => {
    expect([compileName('?', 'byte')('é'), compileName('??', 'byte')('é')]).toEqual([false, true]);
    expect([compileName('?', 'character')('é'), compileName('??', 'character')('é')]).toEqual([true, true]);
  });

  test('a pattern of many stars costs no more than pattern times name', () => {
    expect(compileName(`${'*a'.repeat(2_000)}b`, 'byte')('a'.repeat(5_000))).toBe(false);
  });
});

const expandGlob = (root: typeof KEYS.root, pattern: string, options: GlobOptions) =>
  new GlobExpander(root, options).expand(pattern);

describe('glob', () => {
  const bytes = { braces: true, dotEntries: false, unit: 'byte' } as const;
  const conf = '/proc/sys/net/ipv4/conf';

  test.each<[string, readonly string[]]>([
    [`${conf}/v*/rp_filter`, [`${conf}/v1/rp_filter`]],
    [`${conf}/{lo,v*}/rp_filter`, [`${conf}/lo/rp_filter`, `${conf}/v1/rp_filter`]],
    [`${conf}/../conf/lo/rp_f*`, [`${conf}/../conf/lo/rp_filter`]],
    [`${conf}/nothing*`, []],
    [`${conf}/v*/rp_filter/`, [`${conf}/v1/rp_filter`]],
    [`${conf}/v1/rp_*/`, []],
    [`${conf}/v*/`, [`${conf}/v1/`]],
    [`${conf}/l*\\/rp_filter`, [`${conf}/lo/rp_filter`]],
  ])('%s', (pattern, expected) => {
    expect(expandGlob(KEYS.root, pattern, bytes)).toEqual(expected);
  });

  test('.* climbs where readdir gives the dots', () => {
    const found = expandGlob(KEYS.root, `${conf}/lo/.*/lo/rp_filter`, { ...bytes, dotEntries: true });
    expect(found).toEqual([`${conf}/lo/../lo/rp_filter`]);
  });

  test('braces nest, stay literal when open, and are refused when too many', () => {
    expect(expandBraces('a{b,{c,d}e}f')).toEqual(['abf', 'acef', 'adef']);
    expect(expandBraces('a{b')).toEqual(['a{b']);
    expect(expandBraces('{}x')).toEqual(['x']);
    expect(expandBraces('{a,b}'.repeat(40))).toBeNull();
  });
});
