import { describe, expect, test } from '@jest/globals';
import { gatherListeners, parseListeners } from '../../src/gather/listeners.ts';
import { decodeAddress } from '../../src/gather/socket-table.ts';
import { memoryHost } from '../../src/host/memory.ts';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (address: string, state: string) =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100\n`;

describe('listeners', () => {
  test('ss prints brackets, interface scopes and a star for any', () => {
    const text = `udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*
udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*
tcp LISTEN 0 4096 [::1]:8080 [::]:*
tcp LISTEN 3 511 10.0.0.1:80 0.0.0.0:*
tcp LISTEN 0 64 *:443 *:*
`;
    expect(parseListeners(text)).toEqual([
      { protocol: 'udp', address: '127.0.0.53', port: 53, backlog: null },
      { protocol: 'udp6', address: 'fe80::1', port: 546, backlog: null },
      { protocol: 'tcp6', address: '::1', port: 8080, backlog: 4096 },
      { protocol: 'tcp', address: '10.0.0.1', port: 80, backlog: 511 },
      { protocol: 'tcp6', address: '::', port: 443, backlog: 64 },
    ]);
  });

  test('with ss, nobody reads the tables of connections', () => {
    const host = memoryHost({
      programs: { 'ss -Hltun': 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n' },
      errors: { '/proc/net/tcp': 'EIO' },
    });
    expect(gatherListeners(host)).toEqual({
      listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 22, backlog: 128 }],
      incomplete: null,
    });
  });

  test('without ss, reading stops at the first socket that does not listen', () => {
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
    });
    expect(gatherListeners(host)).toEqual({
      listeners: [
        { protocol: 'tcp', address: '0.0.0.0', port: 2024, backlog: null },
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
});
