import { describe, expect, test } from '@jest/globals';
import { cmdlineModules, cmdlineSysctls } from '../../src/boot/cmdline.ts';
import { earlyModules, moduleOfPath } from '../../src/boot/late-modules.ts';
import { lateWriters, lateWritersOf } from '../../src/boot/late-writers.ts';
import { tree } from './trees.ts';

describe('the kernel command line', () => {
  test.each<[string, readonly (readonly [string, string])[]]>([
    ['quiet sysctl.net.core.somaxconn=4096 ro', [['net/core/somaxconn', '4096']]],
    ['sysctl/net/core/somaxconn=1', [['net/core/somaxconn', '1']]],
    ['sysctl.net.ipv4.tcp_rmem="4096 131072 6291456"', [['net/ipv4/tcp_rmem', '4096 131072 6291456']]],
    ['"sysctl.net.ipv4.tcp_rmem=4096 131072 6291456"', [['net/ipv4/tcp_rmem', '4096 131072 6291456']]],
    ['sysctl.net.core.somaxconn sysctl.a.b= mysysctl.c.d=1', []],
    ['hung_task_panic=1', [['kernel/hung_task_panic', '1']]],
    ['-- sysctl.net.core.somaxconn=1', []],
    ['sysctl.net.ipv4.conf.eth0/100.rp_filter=1', [['net/ipv4/conf/eth0/100/rp_filter', '1']]],
  ])('%s', (text, expected) => {
    expect(cmdlineSysctls(text).map((w) => [w.path, w.value])).toEqual(expected);
  });

  test('modules', () => {
    expect(cmdlineModules('modules_load=nf_conntrack,br_netfilter quiet')).toEqual([
      'nf_conntrack',
      'br_netfilter',
    ]);
  });
});

describe('modules', () => {
  test('keys that a module brings', () => {
    expect(moduleOfPath('net/netfilter/nf_conntrack_max')).toBe('nf_conntrack');
    expect(moduleOfPath('net/bridge/bridge-nf-call-iptables')).toBe('br_netfilter');
    expect(moduleOfPath('net/core/somaxconn')).toBeNull();
  });

  test('modules-load.d, with its comments, dashes and masks', () => {
    const files = tree({
      '/etc/modules-load.d/a.conf': '# x\n\nnf-conntrack\n',
      '/usr/lib/modules-load.d/b.conf': '; y\nbr_netfilter\n',
      '/etc/modules-load.d/b.conf': { name: 'b.conf', kind: 'dev-null' },
    });
    expect(earlyModules(files, 'modules_load=tcp_bbr')).toEqual([
      { module: 'nf_conntrack', file: '/etc/modules-load.d/a.conf', line: 3 },
      { module: 'tcp_bbr', file: '/proc/cmdline', line: 1 },
    ]);
  });
});

describe('later writers', () => {
  const UFW = {
    '/etc/ufw/ufw.conf': 'ENABLED=yes\n',
    '/etc/default/ufw': '#c\nIPT_SYSCTL=/etc/ufw/sysctl.conf\n',
    '/etc/ufw/sysctl.conf': '# x\nnet/ipv4/conf/all/rp_filter=1\n',
  };

  test('ufw: what its file sets, when it is enabled and told to', () => {
    const found = lateWritersOf(lateWriters(tree(UFW)), 'net/ipv4/conf/all/rp_filter');
    expect(found).toMatchObject([
      { writer: { name: 'ufw' }, setting: { value: '1', at: { file: '/etc/ufw/sysctl.conf', line: 2 } } },
    ]);
    expect(lateWriters(tree({ ...UFW, '/etc/ufw/ufw.conf': 'ENABLED=no\n' }))).toEqual([]);
    expect(lateWriters(tree({ ...UFW, '/etc/default/ufw': 'IPT_SYSCTL=\n' }))).toEqual([]);
  });

  test('TuneD: the active profile over what it includes, and whether it reapplies sysctl.d', () => {
    const files = {
      '/etc/systemd/system/multi-user.target.wants/tuned.service': '',
      '/etc/tuned/active_profile': 'mine\n',
      '/etc/tuned/profiles/mine/tuned.conf': '[main]\ninclude=base\n[sysctl]\nnet.core.somaxconn=>2048\n',
      '/usr/lib/tuned/base/tuned.conf':
        '[sysctl]\ntype=sysctl\nnet.core.somaxconn=128\nvm.swappiness = 10\n[cpu]\ngovernor=x\n',
    };
    expect(lateWriters(tree(files))).toMatchObject([
      {
        name: 'tuned',
        reappliesSysctl: true,
        settings: [
          { path: 'net/core/somaxconn', value: '>2048', at: { line: 4 } },
          { path: 'vm/swappiness', value: '10' },
        ],
      },
    ]);
    const off = { ...files, '/etc/tuned/tuned-main.conf': 'reapply_sysctl = 0\n' };
    expect(lateWriters(tree(off))[0]?.reappliesSysctl).toBe(false);
  });

  test('kubelet, kube-proxy, docker, NetworkManager and cloud images', () => {
    const files = tree({
      '/var/lib/kubelet/config.yaml': 'kind: KubeletConfiguration\n',
      '/etc/docker/daemon.json': '{}',
      '/etc/systemd/system/multi-user.target.wants/NetworkManager.service': '',
      '/etc/sysctl.d/99-gke-overrides.conf': 'net.core.somaxconn=1024\n',
    });
    const writers = lateWriters(files);
    expect(writers.map((w) => w.name)).toEqual([
      'kubelet',
      'kube-proxy',
      'docker',
      'network-manager',
      'cloud-image',
    ]);
    expect(lateWritersOf(writers, 'net/netfilter/nf_conntrack_max').map((l) => l.writer.name)).toEqual([
      'kube-proxy',
    ]);
    expect(lateWritersOf(writers, 'net/ipv6/conf/eth0/accept_ra').map((l) => l.writer.name)).toEqual([
      'network-manager',
    ]);
    const safe = tree({ '/var/lib/kubelet/config.yaml': 'protectKernelDefaults: true\n' });
    expect(lateWriters(safe).map((w) => w.name)).toEqual(['kube-proxy']);
  });

  test('a host with none of them', () => {
    expect(lateWriters(tree({}))).toEqual([]);
  });
});
