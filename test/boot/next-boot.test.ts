import { describe, expect, test } from '@jest/globals';
import { type NextBootInput, nextBoot } from '../../src/boot/next-boot.ts';
import { integer } from '../../src/model/value.ts';
import { KEYS, tree } from './trees.ts';

const KEY = 'net/core/somaxconn';
const BOUNDS = { min: 0n, max: 2147483647n };

const boot = (files: Parameters<typeof tree>[0], more: Partial<NextBootInput> = {}) =>
  nextBoot({
    tree: tree(files),
    keys: KEYS,
    knowledge: (path) => (path === KEY ? { shape: { kind: 'integer' }, bounds: BOUNDS } : null),
    unset: (path) => (path === KEY ? integer(4096) : null),
    systemd: true,
    cmdline: '',
    moduleIsEarly: () => false,
    ...more,
  });
const shown = (files: Parameters<typeof tree>[0], more: Partial<NextBootInput> = {}) => {
  const outcome = boot(files, more).keys.get(KEY);
  const one = (o: NonNullable<typeof outcome>['boot']) =>
    `${o.by} ${o.value?.kind === 'integer' ? o.value.n : null}${o.at ? ` ${o.at.file}:${o.at.line}` : ''}`;
  return outcome ? [one(outcome.boot), one(outcome.manual), outcome.differs] : null;
};

describe('one key', () => {
  test('a vendor file later in the alphabet beats ours, and ours is listed with its reason', () => {
    const files = {
      '/etc/sysctl.d/99-tune.conf': 'net.core.somaxconn=65535',
      '/usr/lib/sysctl.d/zz-vendor.conf': 'net.core.somaxconn=128',
    };
    expect(shown(files)).toEqual([
      'file 128 /usr/lib/sysctl.d/zz-vendor.conf:1',
      'file 128 /usr/lib/sysctl.d/zz-vendor.conf:1',
      false,
    ]);
    expect(boot(files).keys.get(KEY)?.boot.losses).toMatchObject([
      { at: { file: '/etc/sysctl.d/99-tune.conf' }, reason: 'overwritten' },
    ]);
  });

  test('/etc/sysctl.conf counts by hand only, unless a link in sysctl.d leads to it', () => {
    const conf = {
      '/etc/sysctl.d/50-a.conf': 'net.core.somaxconn=1',
      '/etc/sysctl.conf': 'net.core.somaxconn=2',
    };
    expect(shown(conf)).toEqual(['file 1 /etc/sysctl.d/50-a.conf:1', 'file 2 /etc/sysctl.conf:1', true]);
    expect(boot(conf).complaints.map((c) => c.code)).toEqual(['never-read']);
    const link = {
      name: '99-sysctl.conf',
      kind: 'symlink',
      target: '../sysctl.conf',
      text: 'net.core.somaxconn=2',
    } as const;
    expect(shown({ ...conf, '/etc/sysctl.d/99-sysctl.conf': link })).toEqual([
      'file 2 /etc/sysctl.d/99-sysctl.conf:1',
      'file 2 /etc/sysctl.conf:1',
      false,
    ]);
  });

  test('the command line loses to any file and beats the default', () => {
    const cmdline = 'sysctl.net.core.somaxconn=77';
    expect(shown({}, { cmdline })).toEqual([
      'cmdline 77 /proc/cmdline:1',
      'cmdline 77 /proc/cmdline:1',
      false,
    ]);
    expect(shown({ '/etc/sysctl.d/a.conf': 'net.core.somaxconn=1' }, { cmdline })?.[0]).toBe(
      'file 1 /etc/sysctl.d/a.conf:1',
    );
  });

  test('what the kernel refuses changes nothing and is an error with its line', () => {
    const files = { '/etc/sysctl.d/a.conf': 'net.core.somaxconn = 1e6\n' };
    expect(shown(files)).toEqual(['unset 4096', 'unset 4096', false]);
    expect(boot(files).keys.get(KEY)?.boot.losses).toMatchObject([{ reason: 'refused', value: '1e6' }]);
    const files2 = { ...files, '/usr/lib/sysctl.d/0.conf': 'net.core.somaxconn = 5\n' };
    expect(shown(files2)).toEqual(['unset 4096', 'file 5 /usr/lib/sysctl.d/0.conf:1', true]);
    expect(boot(files2).complaints).toMatchObject([
      { code: 'value-refused', file: '/etc/sysctl.d/a.conf', line: 1, detail: 'EINVAL' },
    ]);
  });

  test('a comment behind the value is passed to the kernel, which drops it', () => {
    const { complaints } = boot({ '/etc/sysctl.d/a.conf': 'net.core.somaxconn = 5 # five\n' });
    expect(complaints).toMatchObject([{ code: 'text-after-value', detail: '# five' }]);
  });

  test('lines of a masked file are shown as such', () => {
    const files = { '/etc/sysctl.d/a.conf': '#', '/usr/lib/sysctl.d/a.conf': 'net.core.somaxconn=9' };
    expect(boot(files).keys.get(KEY)?.boot.losses).toMatchObject([
      { reason: 'file-masked', by: { file: '/etc/sysctl.d/a.conf' } },
    ]);
    expect(shown(files)?.[0]).toBe('unset 4096');
  });

  test('without systemd only sysctl --system counts', () => {
    expect(shown({ '/etc/sysctl.conf': 'net.core.somaxconn=2' }, { systemd: false })).toEqual([
      'unset 4096',
      'file 2 /etc/sysctl.conf:1',
      true,
    ]);
  });
});

describe('modules', () => {
  const files = { '/etc/sysctl.d/a.conf': 'net.netfilter.nf_conntrack_max = 1000000' };
  const key = 'net/netfilter/nf_conntrack_max';

  test('a key whose module loads later is not set at boot', () => {
    const result = boot(files);
    expect(result.keys.get(key)).toMatchObject({
      lateModule: 'nf_conntrack',
      boot: { by: 'unset' },
      manual: { by: 'file' },
    });
    expect(result.complaints).toMatchObject([
      { code: 'module-loads-later', line: 1, detail: 'nf_conntrack' },
    ]);
  });

  test('modules-load.d or a built-in module makes it hold', () => {
    const early = boot({ ...files, '/etc/modules-load.d/c.conf': 'nf_conntrack\n' });
    expect(early.keys.get(key)).toMatchObject({ lateModule: null, boot: { by: 'file', text: '1000000' } });
    expect(boot(files, { moduleIsEarly: () => true }).keys.get(key)?.boot.by).toBe('file');
  });
});

test('who may write it later is on the key', () => {
  const result = boot({
    '/etc/sysctl.d/a.conf': 'net.ipv4.conf.all.rp_filter = 2',
    '/etc/ufw/ufw.conf': 'ENABLED=yes',
    '/etc/ufw/sysctl.conf': 'net/ipv4/conf/all/rp_filter=1',
  });
  expect(result.keys.get('net/ipv4/conf/all/rp_filter')).toMatchObject({
    key: 'net.ipv4.conf.all.rp_filter',
    boot: { text: '2' },
    later: [{ writer: { name: 'ufw' }, setting: { value: '1' } }],
  });
});
