import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/conntrack-late-module.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('conntrack-late-module', () => {
  const file = '/etc/sysctl.d/80-conntrack.conf';
  const config = { [file]: 'net.netfilter.nf_conntrack_max = 1572864\nnet.nf_conntrack_max = 1572864' };

  test('lines for a module that is not loaded are lost at boot', () => {
    const facts = { 'net.netfilter.nf_conntrack_max': absent('module-not-loaded') };
    expect(rule.check(contextOf({ facts, config, machine: { conntrack: 'absent' } }))).toEqual([
      {
        code: 'conntrack-late-module',
        severity: 'warning',
        subject: '/etc/sysctl.d/80-conntrack.conf:1',
        what: '/etc/sysctl.d/80-conntrack.conf:1 (net.netfilter.nf_conntrack_max), /etc/sysctl.d/80-conntrack.conf:2 (net.nf_conntrack_max) set connection tracking, but nf_conntrack is not loaded: at boot the write fails with one log line, and the module comes later with its own values.',
        remedy:
          'Run `echo nf_conntrack > /etc/modules-load.d/zz-tune.conf`, so that the module is there before the file is applied, or remove the lines if nothing here tracks connections.',
      },
    ]);
  });

  test('does not apply where no file speaks of conntrack', () => {
    expect(rule.check(contextOf({ machine: { conntrack: 'absent' } }))).toEqual([]);
  });

  test('with the module loaded, the order at boot is not visible', () => {
    const facts = { 'net.netfilter.nf_conntrack_max': '262144' };
    expect(rule.check(contextOf({ facts, config, machine: { conntrack: 'active' } }))).toEqual([
      {
        code: 'conntrack-late-module',
        why: 'whether nf_conntrack is loaded before /etc/sysctl.d/80-conntrack.conf:1, /etc/sysctl.d/80-conntrack.conf:2 is applied at boot cannot be seen in the running kernel',
      },
    ]);
  });

  test('the key tells that the module is missing, whatever is known of its use', () => {
    const machine = { conntrack: 'unknown' } as const;
    const missing = { 'net.netfilter.nf_conntrack_max': absent('module-not-loaded') };
    expect(rule.check(contextOf({ facts: missing, config, machine }))).toMatchObject([
      { severity: 'warning' },
    ]);
    const unread = { 'net.netfilter.nf_conntrack_max': absent('not-captured') };
    expect(rule.check(contextOf({ facts: unread, config, machine }))).toMatchObject([
      { why: expect.stringContaining('cannot be seen') },
    ]);
  });
});
