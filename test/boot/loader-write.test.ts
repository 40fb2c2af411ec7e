import { describe, expect, test } from '@jest/globals';
import { loaderWrite } from '../../src/boot/loader-write.ts';
import { writePortList } from '../../src/boot/port-list.ts';
import { countPorts, formatValue, integer, tuple } from '../../src/model/value.ts';

const NONE = { min: null, max: null };
const shown = (outcome: ReturnType<typeof writePortList>) =>
  outcome.outcome === 'stored'
    ? formatValue(outcome.value)
    : `${outcome.outcome} ${'partial' in outcome && outcome.partial ? 'partly' : ''}`.trim();

describe('a list of ports', () => {
  test.each<[string, string]>([
    ['8080\n', '8080'],
    ['8080,9000-9010\n', '8080,9000-9010'],
    ['010,0x10\n', '8,16'],
    ['8\n9\n', '8-9'],
    ['8,\n', '8'],
    ['\n', ''],
    [',8\n', 'rejected'],
    ['8, 9\n', 'rejected'],
    ['8 9\n', 'rejected'],
    ['9-8\n', 'rejected'],
    ['8-9-10\n', 'rejected'],
    ['65536\n', 'rejected'],
    ['0000000000000000000000008\n', 'rejected'],
  ])('%j: %s', (text, expected) => {
    expect(shown(writePortList('systemd-sysctl', text))).toBe(expected);
  });

  const long = `${Array.from({ length: 1500 }, (_, i) => 10001 + 3 * i).join(',')}\n`;

  test('systemd writes all of a long one; procps loses what does not fit into the first page', () => {
    const ports = (loader: 'systemd-sysctl' | 'procps') => {
      const outcome = writePortList(loader, long);
      return outcome.outcome === 'stored' && outcome.value.kind === 'portSet'
        ? countPorts(outcome.value.spans)
        : 0;
    };
    expect([ports('systemd-sysctl'), ports('procps')]).toEqual([1500, 682]);
  });

  test('an error on a later page leaves the pages before it', () => {
    expect(shown(writePortList('systemd-sysctl', `${long.trim()},x\n`))).toBe('rejected partly');
    expect(shown(writePortList('procps', `${long.trim()},x\n`))).toMatch(/^10001/);
  });
});

describe('long text', () => {
  const somaxconn = { shape: { kind: 'integer' }, bounds: NONE } as const;

  test('a numeric handler sees one page less a byte', () => {
    const value = `7${' '.repeat(5000)}x`;
    expect(loaderWrite('systemd-sysctl', somaxconn, value, null)).toMatchObject({
      outcome: 'stored',
      value: integer(7),
    });
  });

  test('procps retries a long value that is refused, cut at its last comma', () => {
    const value = `8080, 9000 ${'x'.repeat(5000)}`;
    expect(loaderWrite('systemd-sysctl', somaxconn, value, null)).toMatchObject({ outcome: 'rejected' });
    expect(loaderWrite('procps', somaxconn, value, null)).toMatchObject({
      outcome: 'rejected',
      partial: integer(8080),
    });
    expect(loaderWrite('procps', somaxconn, `8080, ${'x'.repeat(4090)}`, null)).toMatchObject({
      outcome: 'stored',
    });
  });

  test('a short vector keeps the rest', () => {
    const rmem = { shape: { kind: 'tuple', fields: ['min', 'default', 'max'] }, bounds: NONE } as const;
    expect(loaderWrite('procps', rmem, '8192 65536', tuple(4096, 1, 2))).toMatchObject({
      value: tuple(8192, 65536, 2),
    });
  });
});
