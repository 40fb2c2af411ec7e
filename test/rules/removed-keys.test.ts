import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/removed-keys.ts';
import { contextOf } from '../support/snapshot.ts';

describe('removed-keys', () => {
  const file = '/etc/sysctl.d/90-tuning.conf';
  const check = (text: string, kernelRelease = '6.12.48') =>
    rule.check(contextOf({ config: { [file]: text }, machine: { kernelRelease } }));

  test('tcp_tw_recycle, with its line', () => {
    expect(check('# fast!\nnet.ipv4.tcp_tw_recycle = 1')).toEqual([
      {
        code: 'removed-keys',
        severity: 'warning',
        subject: '/etc/sysctl.d/90-tuning.conf:2',
        what: '/etc/sysctl.d/90-tuning.conf:2 sets net.ipv4.tcp_tw_recycle, which kernels since 4.12 do not have: on older kernels it dropped connections from clients behind NAT.',
        remedy: 'Remove the line; for outgoing connections `net.ipv4.tcp_tw_reuse = 1` is the safe way.',
      },
    ]);
  });

  test('on a kernel that still obeys it, it drops clients behind NAT', () => {
    expect(check('net.ipv4.tcp_tw_recycle = 1', '3.10.0-1160.el7')).toEqual([
      {
        code: 'removed-keys',
        severity: 'error',
        subject: '/etc/sysctl.d/90-tuning.conf:1',
        what: '/etc/sysctl.d/90-tuning.conf:1 sets net.ipv4.tcp_tw_recycle = 1, and kernel 3.10.0-1160.el7 obeys it: connections from clients that share an address behind NAT are dropped.',
        remedy: 'Remove the line; for outgoing connections `net.ipv4.tcp_tw_reuse = 1` is the safe way.',
      },
    ]);
    expect(check('net.ipv4.tcp_tw_recycle = 0', '3.10.0-1160.el7')).toEqual([]);
  });

  test('a renamed key is told with its new name', () => {
    expect(check('net.ipv4.netfilter.ip_conntrack_max = 655360')).toEqual([
      {
        code: 'removed-keys',
        severity: 'warning',
        subject: '/etc/sysctl.d/90-tuning.conf:1',
        what: '/etc/sysctl.d/90-tuning.conf:1 sets net.ipv4.netfilter.ip_conntrack_max, which no kernel has under this name any more: that is the name of 2.6 kernels.',
        remedy: 'Write the same setting as `net.netfilter.nf_conntrack_max`.',
      },
    ]);
  });

  test('keys that are there and do nothing are information', () => {
    expect(check('net/ipv4/tcp_low_latency=1')).toEqual([
      {
        code: 'removed-keys',
        severity: 'info',
        subject: '/etc/sysctl.d/90-tuning.conf:1',
        what: '/etc/sysctl.d/90-tuning.conf:1 sets net.ipv4.tcp_low_latency, which has no effect since 4.14: the prequeue it switched off is gone.',
        remedy: 'Remove the line.',
      },
    ]);
  });

  test('tcp_adv_win_scale had an effect before 6.6', () => {
    expect(check('net.ipv4.tcp_adv_win_scale = 2', '5.15.0')).toEqual([]);
    expect(check('net.ipv4.tcp_adv_win_scale = 2', '6.6.1')).toMatchObject([{ severity: 'info' }]);
  });

  test.each([
    'net.ipv4.tcp_frto_response = 0',
    'net.ipv4.inet_peer_gc_mintime = 1',
    'net.ipv4.rt_cache_rebuild_count = 1',
    'net.ipv4.tcp_avoid_unknown = 1',
  ])('knows %s', (text) => {
    expect(check(text)).toMatchObject([{ code: 'removed-keys', severity: 'warning', subject: `${file}:1` }]);
  });

  test.each([
    'net.ipv4.tcp_tw_reuse = 1',
    'net.ipv4.tcp_frto = 2',
    'net.ipv4.inet_peer_threshold = 65664',
    'net.ipv6.route.max_size = 4096',
  ])('silent about %s', (text) => {
    expect(check(text)).toEqual([]);
  });
});
