import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/conntrack-buckets.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('conntrack-buckets', () => {
  const facts = {
    'net.netfilter.nf_conntrack_max': '1572864',
    'net.netfilter.nf_conntrack_buckets': '262144',
  };

  test('max raised without buckets', () => {
    expect(rule.check(contextOf({ facts, machine: { conntrack: 'active' } }))).toEqual([
      {
        code: 'conntrack-buckets',
        severity: 'warning',
        subject: 'net.netfilter.nf_conntrack_buckets',
        what: 'net.netfilter.nf_conntrack_max allows 1,572,864 entries in 262,144 buckets, more than 4 per bucket, and each connection is hashed twice: every packet walks a long chain when the table fills.',
        remedy:
          'Run `sysctl -w net.netfilter.nf_conntrack_buckets=786432` now, and write `net.netfilter.nf_conntrack_buckets = 786432` to /etc/sysctl.d/zz-tune.conf for the next boot.',
      },
    ]);
  });

  test('in a child namespace the remedy is outside', () => {
    const machine = { conntrack: 'active', initialNetns: 'no' } as const;
    expect(rule.check(contextOf({ facts, machine }))).toMatchObject([
      { remedy: expect.stringMatching(/^In the initial network namespace/) },
    ]);
  });

  test('silent at a quarter, with no limit, and where nothing is tracked', () => {
    const quarter = { ...facts, 'net.netfilter.nf_conntrack_buckets': '393216' };
    expect(rule.check(contextOf({ facts: quarter, machine: { conntrack: 'active' } }))).toEqual([]);
    const none = { ...facts, 'net.netfilter.nf_conntrack_max': '0' };
    expect(rule.check(contextOf({ facts: none, machine: { conntrack: 'active' } }))).toEqual([]);
    expect(rule.check(contextOf({ facts, machine: { conntrack: 'idle' } }))).toEqual([]);
  });

  test('says what it could not read', () => {
    const unread = { ...facts, 'net.netfilter.nf_conntrack_buckets': absent('not-captured') };
    expect(rule.check(contextOf({ facts: unread, machine: { conntrack: 'active' } }))).toEqual([
      { code: 'conntrack-buckets', why: 'net.netfilter.nf_conntrack_buckets is not in the capture' },
    ]);
  });
});
