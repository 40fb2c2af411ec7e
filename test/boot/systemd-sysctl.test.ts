import { describe, expect, test } from '@jest/globals';
import { systemdSysctl } from '../../src/boot/systemd-sysctl.ts';
import { KEYS, tree } from './trees.ts';

const run = (files: Parameters<typeof tree>[0]) => systemdSysctl(tree(files), KEYS);
const writes = (files: Parameters<typeof tree>[0]) =>
  run(files).writes.map((w) => `${w.path}=${w.value} @${w.at.file}:${w.at.line}`);
const codes = (files: Parameters<typeof tree>[0]) =>
  run(files).complaints.map((c) => `${c.code} ${c.file}:${c.line}`);

describe('order and masking', () => {
  test('names in byte order across directories; the later assignment replaces the earlier', () => {
    const files = {
      '/etc/sysctl.d/50-b.conf': '\nnet.core.somaxconn = 2\n',
      '/usr/lib/sysctl.d/99-vendor.conf': 'net.core.somaxconn = 3\n',
      '/etc/sysctl.d/10-a.conf': 'net.core.somaxconn = 1\n',
    };
    expect(writes(files)).toEqual(['net/core/somaxconn=3 @/usr/lib/sysctl.d/99-vendor.conf:1']);
    expect(run(files).losses).toMatchObject([
      { reason: 'overwritten', value: '1', by: { file: '/etc/sysctl.d/50-b.conf', line: 2 } },
      { reason: 'overwritten', value: '2', by: { file: '/usr/lib/sysctl.d/99-vendor.conf', line: 1 } },
    ]);
  });

  test('a file masks its namesake in a lower directory, be it empty, /dev/null or a dangling link', () => {
    const vendor = { '/usr/lib/sysctl.d/x.conf': 'net.core.somaxconn = 9' };
    expect(writes(vendor)).toHaveLength(1);
    expect(writes({ ...vendor, '/etc/sysctl.d/x.conf': '' })).toEqual([]);
    expect(writes({ ...vendor, '/run/sysctl.d/x.conf': { name: 'x.conf', kind: 'dev-null' } })).toEqual([]);
    const dangling = { name: 'x.conf', kind: 'dangling', target: '/gone' } as const;
    expect(writes({ ...vendor, '/etc/sysctl.d/x.conf': dangling })).toEqual([]);
    expect(codes({ ...vendor, '/etc/sysctl.d/x.conf': dangling })).toEqual([
      'dangling-symlink /etc/sysctl.d/x.conf:null',
    ]);
  });

  test('hidden files and /etc/sysctl.conf are not read; the credential is, last', () => {
    expect(
      writes({ '/etc/sysctl.d/.a.conf': 'net.core.somaxconn=1', '/etc/sysctl.conf': 'net.core.somaxconn=2' }),
    ).toEqual([]);
    expect(
      writes({
        '/etc/sysctl.d/zz.conf': 'net.core.somaxconn=1',
        '/run/credentials/systemd-sysctl.service/sysctl.extra': 'net.core.somaxconn=7',
      }),
    ).toEqual(['net/core/somaxconn=7 @/run/credentials/systemd-sysctl.service/sysctl.extra:1']);
  });
});

describe('globs and exclusions', () => {
  const glob = 'net.ipv4.conf.*.rp_filter = 2\n';

  test('a key set by name, earlier or later, is left alone by globs', () => {
    const files = { '/etc/sysctl.d/a.conf': `net.ipv4.conf.lo.rp_filter=0\n${glob}` };
    expect(run(files).writes.map((w) => `${w.path}=${w.value}`)).toEqual([
      'net/ipv4/conf/lo/rp_filter=0',
      ...['all', 'default', 'eth0.100', 'v1'].map((d) => `net/ipv4/conf/${d}/rp_filter=2`),
    ]);
    expect(run(files).losses).toMatchObject([
      { path: 'net/ipv4/conf/lo/rp_filter', reason: 'explicit-setting-wins', by: { line: 1 } },
    ]);
  });

  test('-key keeps globs away, and erases an assignment of the same key above it', () => {
    const files = {
      '/etc/sysctl.d/a.conf': `${glob}net.ipv4.conf.v1.rp_filter=1\n-net.ipv4.conf.v1.rp_filter\n`,
    };
    expect(run(files).writes.map((w) => w.path)).not.toContain('net/ipv4/conf/v1/rp_filter');
    expect(codes(files)).toEqual(['erased-by-exclusion /etc/sysctl.d/a.conf:3']);
  });

  test('the same value again does not move a key to the end', () => {
    const lines = [
      'net.ipv4.conf.v*.rp_filter=1',
      'net.ipv4.conf.*1.rp_filter=2',
      'net.ipv4.conf.v*.rp_filter=1',
    ];
    const { writes } = run({ '/etc/sysctl.d/a.conf': lines.join('\n') });
    expect(writes.at(-1)).toMatchObject({ path: 'net/ipv4/conf/v1/rp_filter', value: '2' });
  });

  test('a glob that hits nothing is silent; one of too long a name kills the program', () => {
    expect(codes({ '/etc/sysctl.d/a.conf': 'net.ipv4.conf.zz*.rp_filter=1' })).toEqual([
      'glob-hits-nothing /etc/sysctl.d/a.conf:1',
    ]);
    const crash = run({ '/etc/sysctl.d/a.conf': `${'x'.repeat(300)}*=1\nnet.core.somaxconn=5` });
    expect(crash.writes).toEqual([]);
    expect(crash.failure).toContain('crash');
    // Slashes before the name do not help.
    expect(run({ '/etc/sysctl.d/a.conf': `/.//${'x'.repeat(300)}*=1` }).failure).toContain('crash');
  });
});

describe('what is not written', () => {
  test.each<[string, string]>([
    ['net.core.somaxcon = 5', 'no-such-key'],
    ['net.ipv4.conf.eth0.100.rp_filter = 1', 'interface-name-has-dot'],
    ['net.ipv4.tcp_ehash_entries = 1', 'read-only-key'],
    ['net.ipv4.route.flush = 1', 'read-only-key'],
    ['net/ipv4/../core/somaxconn = 5', 'path-not-normalized'],
    ['net/../../../etc/passwd = 5', 'path-not-normalized'],
    [`net/${'z'.repeat(256)} = 5`, 'path-not-normalized'],
    ['net.core = 5', 'names-a-directory'],
    ['= 5', 'names-a-directory'],
    ['net.core.somaxconn.x = 5', 'no-such-key'],
    ['net.core.somaxconn 5', 'not-an-assignment'],
    [`-net.ipv4.conf.${'{a,b}'.repeat(20)}*.rp_filter`, ''],
    [`net.ipv4.conf.${'{a,b}'.repeat(20)}*.rp_filter=1`, 'glob-too-large'],
  ])('%s: %s', (line, code) => {
    const { writes, complaints } = run({ '/etc/sysctl.d/a.conf': `${line}\n` });
    expect(writes).toEqual([]);
    expect(complaints.map((c) => c.code).join()).toBe(code);
  });

  test.each<[string, Parameters<typeof tree>[0][string], string]>([
    ['a FIFO', { name: 'a.conf', kind: 'other' }, 'not-a-regular-file'],
    ['a loop of symlinks', { name: 'a.conf', kind: 'unreadable', errno: 'ELOOP' }, 'cannot-open'],
    ['a file of 100 MB', { name: 'a.conf', kind: 'unreadable', errno: 'EFBIG' }, 'too-big'],
    ['no permission', { name: 'a.conf', kind: 'unreadable', errno: 'EACCES' }, 'cannot-open'],
    ['a directory', { name: 'a.conf', kind: 'directory' }, 'cannot-open'],
    ['bytes that are no UTF-8', 'net.core.\uFFFD = 1\n#', 'invalid-utf8,no-such-key'],
    ['a byte-order mark', '\uFEFFnet.core.somaxconn = 1', 'byte-order-mark,no-such-key'],
    ['a NUL', 'net.core.x\0 = 1\n#', 'nul-byte,not-an-assignment,names-a-directory'],
  ])('%s is one complaint', (_, entry, expected) => {
    expect(
      run({ '/etc/sysctl.d/a.conf': entry })
        .complaints.map((c) => c.code)
        .join(),
    ).toBe(expected);
  });
});
