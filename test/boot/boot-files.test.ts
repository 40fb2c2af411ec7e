import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyPatterns } from '../../src/boot/key-patterns.ts';
import { keySpace } from '../../src/boot/key-space.ts';
import { systemdSysctl } from '../../src/boot/systemd-sysctl.ts';
import { readBootFiles } from '../../src/gather/boot-files.ts';
import { probeKeys } from '../../src/gather/boot-keys.ts';
import { linuxHost } from '../../src/host/linux.ts';
import { memoryHost } from '../../src/host/memory.ts';

let root = '';
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tune-boot-'));
  const at = (name: string) => path.join(root, name);
  for (const d of ['etc/sysctl.d', 'usr/lib/sysctl.d', 'etc/tuned/mine', 'etc/dir.conf'])
    fs.mkdirSync(at(d), { recursive: true });
  fs.symlinkSync('usr/lib', at('lib'));
  fs.writeFileSync(at('etc/sysctl.conf'), 'net.core.somaxconn = 3\n');
  fs.symlinkSync('../sysctl.conf', at('etc/sysctl.d/99-sysctl.conf'));
  fs.symlinkSync('/etc/sysctl.conf', at('etc/sysctl.d/98-absolute.conf'));
  fs.symlinkSync('../../../../../../etc/sysctl.conf', at('etc/sysctl.d/97-climbs.conf'));
  fs.symlinkSync('/dev/null', at('etc/sysctl.d/10-masked.conf'));
  fs.symlinkSync('nowhere', at('etc/sysctl.d/20-dangling.conf'));
  fs.symlinkSync('30-loop.conf', at('etc/sysctl.d/30-loop.conf'));
  fs.symlinkSync('/etc/dir.conf', at('etc/sysctl.d/40-dir.conf'));
  fs.writeFileSync(at('etc/sysctl.d/60-big.conf'), 'x'.repeat((1 << 20) + 1));
  fs.writeFileSync(at('usr/lib/sysctl.d/50-v.conf'), Buffer.from('net.core.somaxconn = 1\n\xff', 'latin1'));
  fs.writeFileSync(at('etc/tuned/active_profile'), 'mine\n');
  fs.writeFileSync(at('etc/tuned/mine/tuned.conf'), '[sysctl]\nvm.swappiness=1\n');
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const entries = (directory: string) => {
  const tree = readBootFiles(linuxHost(), { root });
  return Object.fromEntries(
    (tree.directories.find((d) => d.path === directory)?.entries ?? []).map((e) => [e.name, e]),
  );
};

describe('an image below a root', () => {
  test('every kind of entry is told apart, and symlinks stay below the root', () => {
    const text = 'net.core.somaxconn = 3\n';
    expect(entries('/etc/sysctl.d')).toMatchObject({
      '10-masked.conf': { kind: 'dev-null' },
      '20-dangling.conf': { kind: 'dangling', target: 'nowhere' },
      '30-loop.conf': { kind: 'unreadable', errno: 'ELOOP' },
      '40-dir.conf': { kind: 'directory' },
      '60-big.conf': { kind: 'unreadable', errno: 'EFBIG' },
      '97-climbs.conf': { kind: 'symlink', text },
      '98-absolute.conf': { kind: 'symlink', text },
      '99-sysctl.conf': { kind: 'symlink', target: '../sysctl.conf', text },
    });
    expect(entries('/usr/lib/sysctl.d')).toMatchObject({
      '50-v.conf': { kind: 'file', text: 'net.core.somaxconn = 1\n\uFFFD' },
    });
  });

  test('/lib that is a link to usr/lib is not a directory of its own; files that matter are found', () => {
    const tree = readBootFiles(linuxHost(), { root });
    expect(tree.directories.map((d) => d.path)).not.toContain('/lib/sysctl.d');
    expect(Object.keys(tree.files).sort()).toEqual([
      '/etc/sysctl.conf',
      '/etc/tuned/active_profile',
      '/etc/tuned/mine/tuned.conf',
    ]);
    expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
  });

  test('a model reads the tree', () => {
    const tree = readBootFiles(linuxHost(), { root });
    const keys = keySpace([{ path: 'net/core/somaxconn', mode: 0o644 }]);
    expect(systemdSysctl(tree, keys).writes).toMatchObject([
      { value: '3', at: { file: '/etc/sysctl.d/97-climbs.conf' } },
    ]);
  });
});

describe('keys', () => {
  const host = memoryHost({
    files: Object.fromEntries(
      [
        'core/somaxconn',
        'ipv4/conf/lo/rp_filter',
        'ipv4/conf/eth0.1/rp_filter',
        'ipv4/conf/eth0.1/forwarding',
      ].map((k) => [`/proc/sys/net/${k}`, '0\n']),
    ),
  });

  test('only what the files name is looked up, globs and mistaken interface names included', () => {
    const text =
      'net.core.somaxconn=1\nnet.ipv4.conf.l*.rp_filter=1\nnet.ipv4.conf.eth0.1.rp_filter=1\n-net.{a,b}.c\nnet/../x=1\nnet.ipv4=1\n';
    const tree = {
      directories: [{ path: '/etc/sysctl.d', entries: [{ name: 'a.conf', kind: 'file' as const, text }] }],
      files: {},
    };
    const patterns = keyPatterns(tree);
    expect(patterns).toEqual(
      expect.arrayContaining([
        'net/core/somaxconn',
        'net/ipv4/conf/l*/rp_filter',
        'net/ipv4/conf/eth0.1/rp_filter',
        'net/a/c',
        'net/b/c',
      ]),
    );
    expect(patterns.join()).not.toContain('..');
    expect(
      probeKeys(host, patterns)
        .map((k) => k.path)
        .sort(),
    ).toEqual([
      'net/core/somaxconn',
      'net/ipv4/',
      'net/ipv4/conf/eth0.1/rp_filter',
      'net/ipv4/conf/lo/rp_filter',
    ]);
    const { complaints } = systemdSysctl(tree, keySpace(probeKeys(host, patterns)));
    expect(complaints.map((c) => c.code)).toEqual([
      'interface-name-has-dot',
      'path-not-normalized',
      'names-a-directory',
    ]);
  });
});
