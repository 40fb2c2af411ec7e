import net from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatAddress,
  isLoopback,
  isSingleHost,
  parseAddress,
  readHost,
  readPort,
  SOCKADDR_BYTES,
  writePort,
  writeSockaddr,
} from '../../src/soak/sockaddr.ts';

const four = fc.uint8Array({ minLength: 4, maxLength: 4 });
const six = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Addresses with long runs of zero bytes, where the short form is interesting. */
const sparse = fc
  .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
  .map((b) => Uint8Array.from(b));

describe('addresses', () => {
  test.each([four, six, sparse])('formatting and parsing are inverse, and Node agrees', (arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (bytes) => {
        const text = formatAddress(bytes);
        expect(net.isIP(text)).toBe(bytes.length === 4 ? 4 : 6);
        expect(parseAddress(text)).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['::', Array(16).fill(0)],
    ['::1', [...Array(15).fill(0), 1]],
    ['fd00:74:756e:65::1', [0xfd, 0, 0, 0x74, 0x75, 0x6e, 0, 0x65, 0, 0, 0, 0, 0, 0, 0, 1]],
  ])('%s', (text, bytes) => {
    expect(parseAddress(text)).toEqual(Uint8Array.from(bytes));
    expect(formatAddress(Uint8Array.from(bytes))).toBe(text);
  });

  test.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    'g::1',
    '::1%lo',
  ])('%j is no address', (text) => expect(parseAddress(text)).toBeNull());

  test('loopback and single hosts', () => {
    const is = (text: string) => parseAddress(text) ?? new Uint8Array();
    expect(['127.0.0.1', '127.9.9.9', '::1'].map((t) => isLoopback(is(t)))).toEqual([true, true, true]);
    expect(['10.0.0.1', '::2', '::'].map((t) => isLoopback(is(t)))).toEqual([false, false, false]);
    expect(
      ['0.0.0.0', '::', '224.0.0.1', 'ff02::1', '255.255.255.255'].map((t) => isSingleHost(is(t))),
    ).toEqual(Array(5).fill(false));
    expect(['10.0.0.1', 'fe80::1'].map((t) => isSingleHost(is(t)))).toEqual([true, true]);
  });
});

describe('socket addresses', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.oneof(four, six), fc.integer({ min: 0, max: 65535 }), (address, port) => {
        const family = address.length === 4 ? 4 : 6;
        const buffer = new Uint8Array(SOCKADDR_BYTES[family]).fill(0xaa);
        writeSockaddr(buffer, address, 1);
        writePort(buffer, port);
        expect(readPort(buffer)).toBe(port);
        expect(readHost(buffer, family)).toEqual(address);
      }),
    );
  });

  test('the layout is that of sockaddr_in', () => {
    const buffer = new Uint8Array(16);
    writeSockaddr(buffer, Uint8Array.from([127, 1, 2, 3]), 0x1234);
    expect([...buffer]).toEqual([2, 0, 0x12, 0x34, 127, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
