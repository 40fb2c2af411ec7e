import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/duplicate-spellings.ts';
import { contextOf } from '../support/snapshot.ts';

describe('duplicate-spellings', () => {
  test('dots and slashes that disagree', () => {
    const config = {
      '/etc/sysctl.d/10-a.conf': 'net.ipv4.tcp_rmem = 4096 131072 6291456',
      '/etc/sysctl.d/20-b.conf': '-net/ipv4/tcp_rmem = 4096 16384 4194304',
    };
    expect(rule.check(contextOf({ config }))).toEqual([
      {
        code: 'duplicate-spellings',
        severity: 'warning',
        subject: 'net.ipv4.tcp_rmem',
        what: '/etc/sysctl.d/10-a.conf:1 (`net.ipv4.tcp_rmem = 4096 131072 6291456`), /etc/sysctl.d/20-b.conf:1 (`net/ipv4/tcp_rmem = 4096 16384 4194304`) are one key under several spellings, and they disagree.',
        remedy: 'Keep one line, spelt `net.ipv4.tcp_rmem = …`, and remove the others.',
      },
    ]);
  });

  test('both names of nf_conntrack_max, agreeing', () => {
    const config = { '/etc/sysctl.conf': 'net.nf_conntrack_max=9\nnet.netfilter.nf_conntrack_max=9' };
    expect(rule.check(contextOf({ config }))).toEqual([
      {
        code: 'duplicate-spellings',
        severity: 'info',
        subject: 'net.netfilter.nf_conntrack_max',
        what: '/etc/sysctl.conf:1 (`net.nf_conntrack_max = 9`), /etc/sysctl.conf:2 (`net.netfilter.nf_conntrack_max = 9`) are one key under several spellings.',
        remedy: 'Keep one line, spelt `net.netfilter.nf_conntrack_max = …`, and remove the others.',
      },
    ]);
  });

  test('silent about one spelling, however often, and about VLAN interfaces', () => {
    const config = {
      '/etc/sysctl.conf': [
        'vm.swappiness = 10',
        'vm.swappiness = 20',
        'net/ipv4/conf/eth0.100/rp_filter = 2',
        'net.ipv4.conf.eth0.100.rp_filter = 2',
      ].join('\n'),
    };
    expect(rule.check(contextOf({ config }))).toEqual([]);
  });
});
