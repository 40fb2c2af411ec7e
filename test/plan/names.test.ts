import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUnitName, nameThatBeats } from '../../src/plan/names.ts';
import { comment, isPlainText } from '../../src/plan/text.ts';
import { isTarget } from '../../src/write/paths.ts';

describe('a name that beats others', () => {
  test.each([
    [[], 'zz-tune.conf'],
    [['99-sysctl.conf', '99-zzz.conf'], 'zz-tune.conf'],
    [['zz-tune.conf.d.conf'], 'zzz-tune.conf'],
    [['zzz.conf'], 'zzzz-tune.conf'],
    [['~last.conf'], '~~-tune.conf'],
    [['\u{1F600}.conf'], null],
  ])('%j → %s', (names, expected) => {
    expect(nameThatBeats(names)).toBe(expected);
  });

  test('sorts after all of them as bytes, and is a file that tune may write', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 8 })), (names) => {
        const name = nameThatBeats(names);
        if (name === null) return;
        for (const other of names) expect(Buffer.compare(Buffer.from(name), Buffer.from(other))).toBe(1);
        expect(isTarget(`/etc/sysctl.d/${name}`)).toBe(true);
      }),
    );
  });
});

test.each([
  ['nginx', true],
  ['nginx.service', true],
  ['getty@tty1', true],
  ['a\\x2db', true],
  ['..', false],
  ['a/b', false],
  ['', false],
  ['a b', false],
  ['a\nb', false],
])('unit name %j: %s', (name, valid) => {
  expect(isUnitName(name)).toBe(valid);
});

test('no comment can end its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const line of comment(text)) expect(line).toMatch(/^# [\x20-\x7e]*$/);
    }),
  );
});

test('no value can end its line or start a comment', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '#', ';', ' ', '\n', '\0', '\t', 'é', '7') }),
      (text) => {
        const hostile = /[^\x20-\x7e]|^[#;]|^ | $| {2}/.test(text) || text === '';
        expect(isPlainText(text)).toBe(!hostile);
      },
    ),
  );
  expect(['4096 131072 6291456', 'bbr', '80,8000-8080'].every(isPlainText)).toBe(true);
  expect(['', ' a', 'a\nb', '#a', 'a  b'].some(isPlainText)).toBe(false);
});
