import { describe, expect, test } from '@jest/globals';
import { differences } from './fingerprint.ts';

const BOOT = '/proc/sys/kernel/random/boot_id';
const UDP = '/proc/sys/net/ipv4/udp_mem';
const at = (boot: string, udp: string | null, more: Readonly<Record<string, string>> = {}) =>
  new Map([[BOOT, boot], ...(udp === null ? [] : [[UDP, udp] as const]), ...Object.entries(more)]);
const WAS = '163764\\x09218354\\x09327528\\x0a';

describe('two moments of a machine', () => {
  test('the same values are no difference, in whatever boot', () => {
    expect(differences(at('a', WAS), at('b', WAS))).toEqual([]);
  });

  test('what each boot works out from free memory may be a page apart in another boot, and in the same one not', () => {
    const is = '163764\\x09218355\\x09327528\\x0a';
    expect(differences(at('a', WAS), at('b', is))).toEqual([]);
    expect(differences(at('a', WAS), at('a', is))).toEqual([`${UDP}: ${WAS} -> ${is}`]);
  });

  test.each([['163764\\x09218354\\x09400000\\x0a'], ['163764\\x09218354\\x0a'], ['']])(
    'further apart it is one: %s',
    (is) => {
      expect(differences(at('a', WAS), at('b', is))).toHaveLength(1);
    },
  );

  test('absent is a difference, and so is any other key', () => {
    expect(differences(at('a', WAS), at('b', null))).toEqual([`${UDP}: ${WAS} -> (absent)`]);
    expect(differences(at('a', WAS, { '/etc/x': '1' }), at('b', WAS, { '/etc/x': '2' }))).toEqual([
      '/etc/x: 1 -> 2',
    ]);
  });
});
