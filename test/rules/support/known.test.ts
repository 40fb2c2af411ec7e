import { expect, test } from '@jest/globals';
import {
  integerOf,
  notInKernel,
  quantityOf,
  tripleOf,
  unchecked,
  wordOf,
} from '../../../src/rules/support/known.ts';
import { absent, denied, snapshotOf, unparsable } from '../../support/snapshot.ts';

const snapshot = snapshotOf({
  facts: {
    'fs.nr_open': '1048576',
    'limit.nofile.hard': 'unlimited',
    'net.ipv4.tcp_mem': '1 2 3',
    'net.ipv4.tcp_congestion_control': 'bbr',
    'net.core.somaxconn': unparsable('a\u0000b'),
    'net.ipv4.tcp_tw_recycle': absent('not-in-this-kernel'),
    'vm.swappiness': denied('EIO'),
  },
});

test('each kind is read as itself and nothing else', () => {
  expect(integerOf(snapshot, 'fs.nr_open')).toBe(1_048_576n);
  expect(integerOf(snapshot, 'limit.nofile.hard')).toBeNull();
  expect(quantityOf(snapshot, 'limit.nofile.hard')).toBe('unlimited');
  expect(tripleOf(snapshot, 'net.ipv4.tcp_mem')).toEqual([1n, 2n, 3n]);
  expect(tripleOf(snapshot, 'fs.nr_open')).toBeNull();
  expect(wordOf(snapshot, 'net.ipv4.tcp_congestion_control')).toBe('bbr');
  expect(notInKernel(snapshot, 'net.ipv4.tcp_tw_recycle')).toBe(true);
  expect(notInKernel(snapshot, 'vm.swappiness')).toBe(false);
});

test('names only the keys without a value, and why', () => {
  const keys = ['fs.nr_open', 'vm.swappiness', 'net.core.somaxconn', 'vm.gone'];
  expect(unchecked('x', snapshot, keys)).toEqual([
    {
      code: 'x',
      why: 'vm.swappiness could not be read (EIO); net.core.somaxconn holds text that is not a value of its kind: "a\\u0000b"; vm.gone was not read',
    },
  ]);
});

test('when all have values, they are of the wrong kind', () => {
  expect(unchecked('x', snapshot, ['net.ipv4.tcp_mem'])).toEqual([
    { code: 'x', why: 'net.ipv4.tcp_mem holds a value of another kind than expected' },
  ]);
});
