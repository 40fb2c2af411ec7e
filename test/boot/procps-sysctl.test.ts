import { describe, expect, test } from '@jest/globals';
import { procpsSysctl } from '../../src/boot/procps-sysctl.ts';
import { KEYS, tree } from './trees.ts';

const run = (files: Parameters<typeof tree>[0]) => procpsSysctl(tree(files), KEYS);
const writes = (files: Parameters<typeof tree>[0]) =>
  run(files).writes.map((w) => `${w.path}=${w.value} @${w.at.file}:${w.at.line}`);

describe('sysctl --system', () => {
  test('/etc/sysctl.conf comes last, hidden files count, and every assignment is written', () => {
    expect(
      writes({
        '/etc/sysctl.conf': 'net.core.somaxconn=3',
        '/etc/sysctl.d/zz.conf': 'net.core.somaxconn=2\nnet.core.somaxconn=2',
        '/usr/lib/sysctl.d/.a.conf': 'net.core.somaxconn=1',
      }),
    ).toEqual([
      'net/core/somaxconn=1 @/usr/lib/sysctl.d/.a.conf:1',
      'net/core/somaxconn=2 @/etc/sysctl.d/zz.conf:1',
      'net/core/somaxconn=2 @/etc/sysctl.d/zz.conf:2',
      'net/core/somaxconn=3 @/etc/sysctl.conf:1',
    ]);
  });

  test('an exclusion keeps globs away but erases nothing, and is not itself a glob', () => {
    const files = {
      '/etc/sysctl.d/a.conf':
        'net.ipv4.conf.v1.rp_filter=1\n-net.ipv4.conf.v1.rp_filter\n-net.ipv4.conf.l*.rp_filter\nnet.ipv4.conf.[lv]*.rp_filter=2',
    };
    expect(run(files).writes.map((w) => `${w.path}=${w.value}`)).toEqual([
      'net/ipv4/conf/v1/rp_filter=1',
      'net/ipv4/conf/lo/rp_filter=2',
    ]);
    expect(run(files).complaints.map((c) => c.code)).toEqual(['exclusion-matches-nothing']);
    const newer = procpsSysctl(tree(files), KEYS, { globExclusions: true });
    expect(newer.writes.map((w) => w.path)).toEqual(['net/ipv4/conf/v1/rp_filter']);
  });

  test('a glob compares spellings: a doubled slash escapes the explicit setting', () => {
    const lines = 'net.ipv4.conf.lo.rp_filter=0\nnet/ipv4//conf/l*/rp_filter=1';
    expect(run({ '/etc/sysctl.d/a.conf': lines }).writes.map((w) => w.value)).toEqual(['0', '1']);
  });

  test('a path may climb as long as it ends below /proc/sys', () => {
    expect(writes({ '/etc/sysctl.conf': 'net/../../sys/net/core/somaxconn=5' })).toEqual([
      'net/core/somaxconn=5 @/etc/sysctl.conf:1',
    ]);
    const { writes: none, complaints } = run({
      '/etc/sysctl.conf': 'net/../../../etc/passwd=5\nnet/nothing/..=5',
    });
    expect(none).toEqual([]);
    expect(complaints.map((c) => c.code)).toEqual(['no-such-key', 'no-such-key']);
    expect(run({ '/etc/sysctl.conf': 'net/../..=5' }).complaints.map((c) => c.code)).toEqual([
      'outside-proc-sys',
    ]);
  });

  test("a file's name is a pattern too", () => {
    const files = {
      '/etc/sysctl.d/s*.conf': 'net.core.somaxconn=1',
      '/etc/sysctl.d/s1.conf': 'net.core.somaxconn=2',
    };
    expect(run(files).filesRead).toEqual([
      '/etc/sysctl.d/s*.conf',
      '/etc/sysctl.d/s1.conf',
      '/etc/sysctl.d/s1.conf',
    ]);
  });

  test('the first file of such a pattern that does not open ends it', () => {
    const dangling = { name: 's*.conf', kind: 'dangling', target: '/gone' } as const;
    const files = { '/etc/sysctl.d/s*.conf': dangling, '/etc/sysctl.d/s1.conf': 'net.core.somaxconn=2' };
    expect(run(files).filesRead).toEqual(['/etc/sysctl.d/s*.conf', '/etc/sysctl.d/s1.conf']);
  });

  test('a masked file does not open, which fails the run; a directory does', () => {
    const dangling = { name: 'x.conf', kind: 'dangling', target: '/gone' } as const;
    expect(run({ '/etc/sysctl.d/x.conf': dangling }).failure).not.toBeNull();
    expect(run({ '/etc/sysctl.d/x.conf': { name: 'x.conf', kind: 'directory' } }).failure).toBeNull();
  });
});
