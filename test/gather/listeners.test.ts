import { describe, expect, test } from '@jest/globals';
import { decodeAddress, gatherListeners, parseBacklogs } from '../../src/gather/listeners.ts';
import { memoryHost } from '../../src/host/memory.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (address: string, state: string) =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100\n`;

describe('listeners', () => {
  test('reading stops at the first socket that does not listen', () => {
    const host = memoryHost({
      files: {
        '/proc/net/tcp':
          HEADER +
          line('00000000:07E8', '0A') +
          line('0100007F:1F90', '0A') +
          line('0100007F:0050', '01') +
          line('0100007F:0051', '0A'),
        '/proc/net/udp': HEADER + line('00000000:0035', '07'),
      },
      programs: { 'ss -Hltn': 'LISTEN 0      128    0.0.0.0:2024 0.0.0.0:*\n' },
    });
    expect(gatherListeners(host)).toEqual({
      listeners: [
        { protocol: 'tcp', address: '0.0.0.0', port: 2024, backlog: 128 },
        { protocol: 'tcp', address: '127.0.0.1', port: 8080, backlog: null },
        { protocol: 'udp', address: '0.0.0.0', port: 53, backlog: null },
      ],
      incomplete: null,
    });
  });

  test('no IPv6 is no gap; a refused file is', () => {
    const host = memoryHost({
      files: { '/proc/net/udp': HEADER, '/proc/net/udp6': HEADER },
      errors: { '/proc/net/tcp': 'EACCES' },
    });
    expect(gatherListeners(host)).toEqual({ listeners: [], incomplete: '/proc/net/tcp: EACCES' });
  });

  test.each([
    ['0100007F', '127.0.0.1'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1'],
    ['B80D01200000000000000000010000FF', '2001:db8::ff00:1'],
  ])('%s is %s', (hex, address) => {
    expect(decodeAddress(hex)).toBe(address);
  });

  test('ss prints brackets, interface scopes and a star for any', () => {
    const text =
      'LISTEN 0 4096 [::1]:8080 [::]:*\nLISTEN 3 511 127.0.0.53%lo:53 0.0.0.0:*\nLISTEN 0 64 *:443 *:*\n';
    expect([...parseBacklogs(text)]).toEqual([
      ['::1:8080', 4096],
      ['127.0.0.53:53', 511],
      [':::443', 64],
      ['0.0.0.0:443', 64],
    ]);
  });
});
