import { describe, expect, test } from '@jest/globals';
import { parseProfile } from '../../src/profile/document.ts';

const HEAD = `name: mine
title: My own profile
description: Something long enough to be a description.
goal: 1000
settings:
`;
const WHY = `
    why: Because the test needs a reason that is long enough.
    source: a test`;
const setting = (key: string, body: string) => `${HEAD}  ${key}:\n    ${body}${WHY}\n`;

describe('a good profile', () => {
  test('keeps big integers, decimals and the line of each setting', () => {
    const { document, lines } = parseProfile(
      setting('fs.file-max', 'atLeast: 9223372036854775807'),
      'p.yaml',
    );
    expect(document.settings['fs.file-max']?.atLeast).toBe(9223372036854775807n);
    expect(lines).toEqual({ 'fs.file-max': 6 });
  });

  test('anchors and aliases may be used in moderation', () => {
    const text = `${HEAD}  a.b:\n    atLeast: &n 5${WHY}\n  c.d:\n    atLeast: *n${WHY}\n`;
    expect(parseProfile(text, 'p.yaml').document.settings['c.d']?.atLeast).toBe(5n);
  });
});

describe('bad input is one line with file and line', () => {
  test.each([
    [
      'a missing why',
      `${HEAD}  fs.file-max:\n    atLeast: 5\n    source: a test\n`,
      'p.yaml:6: fs.file-max → why: missing',
    ],
    [
      'a why of one word',
      `${HEAD}  fs.file-max:\n    atLeast: 5\n    why: yes\n    source: a test\n`,
      'p.yaml:8: fs.file-max → why: why needs at least 20 characters',
    ],
    [
      'a wrong type',
      setting('fs.file-max', 'atLeast: many'),
      'p.yaml:7: fs.file-max → atLeast: expected a whole number, "unlimited", or a formula (timesGoal or shareOfRam)',
    ],
    [
      'an unknown field',
      setting('fs.file-max', 'atleast: 5'),
      'p.yaml:6: fs.file-max: unknown field "atleast" (did you mean "atLeast"?)',
    ],
    [
      'two relations',
      setting('fs.file-max', 'atLeast: 5\n    atMost: 9'),
      'p.yaml:6: fs.file-max: needs exactly one of exactly, atLeast, atMost, between, oneOf, superset, fields',
    ],
    ['no relation', setting('fs.file-max', 'level: required'), 'p.yaml:6: fs.file-max: needs exactly one of'],
    [
      'a duplicate key',
      `${setting('fs.file-max', 'atLeast: 5')}  fs.file-max:\n    atLeast: 6${WHY}\n`,
      'p.yaml:10: Map keys must be unique',
    ],
    [
      'a formula of nothing',
      setting('fs.file-max', 'atLeast: { plus: 5 }'),
      'a formula needs timesGoal or shareOfRam, and not both',
    ],
    [
      'an unknown word in a formula',
      setting('fs.file-max', 'atLeast: { timesGoals: 5 }'),
      'unknown field "timesGoals" (did you mean "timesGoal"?)',
    ],
    ['a negative factor', setting('fs.file-max', 'atLeast: { timesGoal: -1 }'), 'must be a decimal above 0'],
    ['a bad share', setting('fs.file-max', 'atLeast: { shareOfRam: 40 }'), 'expected text'],
    [
      'a bad level',
      setting('fs.file-max', 'atLeast: 5\n    level: must'),
      'p.yaml:8: fs.file-max → level: must be one of required, recommended',
    ],
    [
      'a bad condition',
      setting('fs.file-max', 'atLeast: 5\n    when: sunny'),
      'must be one of conntrack-active, syncookies-off, initial-namespace, systemd',
    ],
    [
      'a goal of zero',
      HEAD.replace('1000', '0').replace('settings:', 'settings: {}'),
      'p.yaml:4: goal: must be between 1 and 1000000000',
    ],
    [
      'a fractional goal',
      HEAD.replace('1000', '10.5').replace('settings:', 'settings: {}'),
      'p.yaml:4: goal: expected a whole number',
    ],
    ['a list at the top', '- 1\n- 2\n', 'p.yaml:1: the profile: expected a mapping'],
    ['an empty file', '', 'p.yaml:1: the profile: expected a mapping'],
    ['broken YAML', 'name: [1,\nsettings: {', 'p.yaml:'],
    ['a tab for indentation', 'name: x\n\tgoal: 5\n', 'p.yaml:2:'],
  ])('%s', (_, text, message) => {
    const run = () => parseProfile(text, 'p.yaml');
    expect(run).toThrow(message);
    expect(run).toThrow(/^p\.yaml:\d+: [^\n]+$/);
  });

  test('a YAML bomb stops at the aliases, in no time and no memory', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(() => parseProfile(bomb, 'p.yaml')).toThrow(/p\.yaml: too many YAML aliases/);
  });
});
