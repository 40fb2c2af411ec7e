import { describe, expect, test } from '@jest/globals';
import { gatherCgroup } from '../../src/gather/cgroup.ts';
import { gatherUsage } from '../../src/gather/usage.ts';
import { linuxHost } from '../../src/host/linux.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { SOCKET_SLABS, UNKNOWN_USAGE } from '../../src/model/usage.ts';

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
        [`${SLAB}/TCP/slab_size`]: '2368\n',
        [`${SLAB}/ep_head/objs_per_slab`]: '256\n',
        [`${SLAB}/ep_head/order`]: '0\n',
        [`${SLAB}/filp/objs_per_slab`]: '0\n',
        [`${SLAB}/dentry/objs_per_slab`]: '21\n',
        [`${SLAB}/dentry/order`]: 'x\n',
      },
    });
    expect(gatherUsage(host)).toEqual({
      openFiles: 1952n,
      tcpSockets: 257_713n,
      trackedConnections: 312n,
      slabs: {
        TCP: { pages: 8, objects: 13, size: 2368 },
        ep_head: { pages: 1, objects: 256 },
        sock_inode_cache: null,
        lsm_inode_cache: null,
        lsm_file_cache: null,
        eventpoll_epi: null,
        eventpoll_pwq: null,
        tcp_bind_bucket: null,
        tcp_bind2_bucket: null,
      },
    });
  });

  test('nothing readable is null throughout', () => {
    const errors = Object.fromEntries(
      SOCKET_SLABS.map((name) => [`${SLAB}/${name}/objs_per_slab`, 'EACCES']),
    );
    expect(gatherUsage(memoryHost({ errors }))).toEqual(UNKNOWN_USAGE);
  });

  test('without the cache of sockets, nothing is known of the others', () => {
    const files = { [`${SLAB}/filp/objs_per_slab`]: '21\n', [`${SLAB}/filp/order`]: '0\n' };
    expect(gatherUsage(memoryHost({ files })).slabs).toBeNull();
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
