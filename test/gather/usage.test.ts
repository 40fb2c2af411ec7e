import { describe, expect, test } from '@jest/globals';
import { gatherCgroup } from '../../src/gather/cgroup.ts';
import { gatherUsage } from '../../src/gather/usage.ts';
import { linuxHost } from '../../src/host/linux.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { UNKNOWN_USAGE } from '../../src/model/usage.ts';

const SLAB = '/sys/kernel/slab';

describe('what is in use', () => {
  test('open files, sockets of all namespaces, tracked connections, and the geometry of slabs', () => {
    const host = memoryHost({
      files: {
        '/proc/sys/fs/file-nr': '1952\t0\t9223372036854775807\n',
        '/proc/net/sockstat':
          'sockets: used 11\nTCP: inuse 1 orphan 0 tw 0 alloc 257713 mem 107\nUDP: inuse 0 mem 0\n',
        '/proc/sys/net/netfilter/nf_conntrack_count': '312\n',
        [`${SLAB}/TCP/objs_per_slab`]: '13\n',
        [`${SLAB}/TCP/order`]: '3\n',
        [`${SLAB}/filp/objs_per_slab`]: '0\n',
        [`${SLAB}/dentry/objs_per_slab`]: '21\n',
        [`${SLAB}/dentry/order`]: 'x\n',
      },
    });
    expect(gatherUsage(host)).toEqual({
      openFiles: 1952n,
      tcpSockets: 257_713n,
      trackedConnections: 312n,
      slabs: { TCP: { pages: 8, objects: 13 } },
    });
  });

  test('nothing readable is null throughout', () => {
    const errors = Object.fromEntries(
      ['TCP', 'sock_inode_cache', 'dentry', 'filp'].map((name) => [
        `${SLAB}/${name}/objs_per_slab`,
        'EACCES',
      ]),
    );
    expect(gatherUsage(memoryHost({ errors }))).toEqual(UNKNOWN_USAGE);
  });

  test('this very host has open files', () => {
    expect((gatherUsage(linuxHost()).openFiles ?? 0n) > 0n).toBe(true);
  });
});

describe('control groups that cannot be read', () => {
  test('null then means unknown, and the errno says so', () => {
    const host = memoryHost({ errors: { '/proc/7/cgroup': 'EACCES' } });
    expect(gatherCgroup(host, 7)).toEqual({ memoryMax: null, pidsMax: null, unread: 'EACCES' });
  });
});
