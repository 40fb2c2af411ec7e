import { describe, expect, test } from '@jest/globals';
import type { Tunable } from '../../src/model/tunable.ts';
import type { Shape } from '../../src/model/value.ts';
import { buildProfile, fraction } from '../../src/profile/build.ts';
import { type ParsedDocument, parseProfile } from '../../src/profile/document.ts';
import { decodeShipped, encodeShipped } from '../../src/profile/shipped.ts';

const key = (name: string, shape: Shape, access: Tunable['access'] = 'read-write') =>
  ({ key: name, shape, access }) as Tunable;
const CATALOGUE = [
  key('fs.file-max', { kind: 'integer' }),
  key('net.ipv4.tcp_rmem', { kind: 'tuple', fields: ['min', 'default', 'max'] }),
  key('net.ipv4.ip_local_port_range', { kind: 'portRange' }),
  key('net.ipv4.ip_local_reserved_ports', { kind: 'portSet' }),
  key('net.ipv4.tcp_congestion_control', { kind: 'word' }),
  key('net.ipv4.tcp_ehash_entries', { kind: 'integer' }, 'read-only'),
];
const head = (name: string, parent?: string) =>
  `name: ${name}\ntitle: A title here\ndescription: Something long enough to be one.\ngoal: 1000\n${parent ? `extends: ${parent}\n` : ''}settings:\n`;
const setting = (name: string, body: string) =>
  `  ${name}:\n    ${body}\n    why: Because the test needs a long reason.\n    source: a test\n`;
const none = () => {
  throw new Error('no parents here');
};
const build = (text: string) => buildProfile(parseProfile(text, 'p.yaml'), none, CATALOGUE);

describe('a setting must fit its key', () => {
  test.each([
    [
      'an unknown key',
      'net.ipv4.tcp_rmen',
      'atLeast: 5',
      'p.yaml:6: unknown key "net.ipv4.tcp_rmen" (did you mean "net.ipv4.tcp_rmem"?)',
    ],
    ['a read-only key', 'net.ipv4.tcp_ehash_entries', 'atLeast: 5', 'is read-only: no profile can set it'],
    [
      'a triple without fields',
      'net.ipv4.tcp_rmem',
      'atLeast: 5',
      'needs one relation per field under "fields": min, default, max',
    ],
    [
      'a field that is not there',
      'net.ipv4.tcp_rmem',
      'fields: { maximum: { atLeast: 5 } }',
      'has no field "maximum": it has min, default, max',
    ],
    ['fields of a number', 'fs.file-max', 'fields: { min: { atLeast: 5 } }', 'it has no fields'],
    ['ports for a number', 'fs.file-max', 'superset: 80-90', 'needs a number, not ports'],
    ['a number for ports', 'net.ipv4.ip_local_port_range', 'atLeast: 5', 'needs "superset" with ports'],
    [
      'a range upside down',
      'net.ipv4.ip_local_port_range',
      'superset: 90-80',
      'is not a list of ports 0–65535, low end first',
    ],
    ['a port too high', 'net.ipv4.ip_local_port_range', 'superset: 1024-70000', 'is not a list of ports'],
    ['two ranges', 'net.ipv4.ip_local_port_range', 'superset: 1024-2000,3000-4000', 'must be one range'],
    [
      'listeners as a range',
      'net.ipv4.ip_local_port_range',
      'superset: listening-ports',
      'listening-ports is for ip_local_reserved_ports',
    ],
    ['a word for a number', 'fs.file-max', 'exactly: many', 'needs a number, not a word'],
    ['a number for a word', 'net.ipv4.tcp_congestion_control', 'exactly: 5', 'needs a word'],
  ])('%s', (_, name, body, message) => {
    expect(() => build(head('x') + setting(name, body))).toThrow(message);
  });
});

describe('extends', () => {
  const documents: Record<string, ParsedDocument> = Object.fromEntries(
    [
      [
        'base',
        head('base') +
          setting('fs.file-max', 'atLeast: 1') +
          setting('net.ipv4.ip_local_port_range', 'superset: 1024-65535'),
      ],
      ['child', head('child', 'base') + setting('fs.file-max', 'atLeast: 2')],
      [
        'grandchild',
        head('grandchild', 'child') + setting('net.ipv4.tcp_congestion_control', 'oneOf: [bbr, cubic]'),
      ],
      ['a', head('a', 'b') + setting('fs.file-max', 'atLeast: 1')],
      ['b', head('b', 'a') + setting('fs.file-max', 'atLeast: 1')],
    ].map(([name = '', text = '']) => [name, parseProfile(text, `${name}.yaml`)]),
  );
  const find = (name: string) => documents[name] ?? none();
  const load = (name: string) => buildProfile(find(name), find, CATALOGUE);

  test('the child wins, the parent’s other settings stay, and each remembers where it is from', () => {
    const profile = load('grandchild');
    expect(profile.lineage).toEqual(['grandchild', 'child', 'base']);
    expect(profile.settings.map((s) => [s.key, s.origin.profile, s.origin.line])).toEqual([
      ['fs.file-max', 'child', 7],
      ['net.ipv4.ip_local_port_range', 'base', 10],
      ['net.ipv4.tcp_congestion_control', 'grandchild', 7],
    ]);
  });

  test('the workload is idle, the parent’s, or one’s own', () => {
    const workload = (text: string, parent: string) =>
      buildProfile(parseProfile(text, 'p.yaml'), () => parseProfile(parent, 'parent.yaml'), CATALOGUE)
        .workload;
    const body = setting('fs.file-max', 'atLeast: 1');
    const plain = head('parent') + body;
    const push = plain.replace('settings:', 'workload: broadcast\nsettings:');
    const child = head('child', 'parent') + body;
    expect(workload(child, plain)).toBe('idle');
    expect(workload(child, push)).toBe('broadcast');
    expect(workload(child.replace('settings:', 'workload: burst\nsettings:'), push)).toBe('burst');
    expect(() => workload(child.replace('settings:', 'workload: storm\nsettings:'), push)).toThrow(
      'p.yaml:6: workload: must be one of idle, broadcast, burst, reconnect, slow-readers',
    );
  });

  test('a cycle is named', () => {
    expect(() => load('a')).toThrow('b.yaml: extends itself: a → b → a');
  });

  test('baking keeps everything, 64-bit integers too', () => {
    const big = parseProfile(
      head('big') + setting('fs.file-max', 'atLeast: 9223372036854775807'),
      'big.yaml',
    );
    const all = { ...documents, big };
    expect(decodeShipped(encodeShipped(all))).toEqual(all);
  });
});

test.each([
  ['1.05', 105n, 100n],
  ['2', 2n, 1n],
  ['40%', 40n, 100n],
  ['0.0667', 667n, 10000n],
  ['12.5%', 125n, 1000n],
])('%s is exact', (text, numerator, denominator) => {
  expect(fraction(text)).toEqual({ numerator, denominator, text });
});
