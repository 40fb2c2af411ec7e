/** What holds for every rule: named by its file, registered, sourced, and total whatever the host says. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Reading } from '../../src/model/fact.ts';
import { isUnchecked, type RuleContext } from '../../src/model/rule.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Shape, Value } from '../../src/model/value.ts';
import { RULES } from '../../src/rules/index.ts';
import { TUNABLES } from '../../src/tunables/index.ts';
import { contextOf, denied, factFrom, listener, profileOf, snapshotOf } from '../support/snapshot.ts';

const folder = new URL('../../src/rules/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
const tests = readdirSync(new URL('.', import.meta.url));

/** Every key that a rule reads, with the shape it has in the kernel; the catalogue adds its own. */
const RULE_KEYS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...[
    'fs.file-max',
    'fs.nr_open',
    'fs.epoll.max_user_watches',
    'kernel.pid_max',
    'kernel.threads-max',
    'vm.max_map_count',
    'vm.min_free_kbytes',
    'vm.overcommit_memory',
    'net.core.somaxconn',
    'net.core.rmem_max',
    'net.core.wmem_max',
    'net.core.rmem_default',
    'net.core.wmem_default',
    'net.core.optmem_max',
    'net.core.rps_sock_flow_entries',
    'net.ipv4.ip_unprivileged_port_start',
    'net.ipv4.tcp_abort_on_overflow',
    'net.ipv4.tcp_ehash_entries',
    'net.ipv4.tcp_fastopen',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_keepalive_intvl',
    'net.ipv4.tcp_keepalive_probes',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_max_orphans',
    'net.ipv4.tcp_max_syn_backlog',
    'net.ipv4.tcp_max_tw_buckets',
    'net.ipv4.tcp_moderate_rcvbuf',
    'net.ipv4.tcp_sack',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.tcp_timestamps',
    'net.ipv4.tcp_tw_reuse',
    'net.ipv4.tcp_window_scaling',
    'net.netfilter.nf_conntrack_buckets',
    'net.netfilter.nf_conntrack_max',
    'net.netfilter.nf_conntrack_tcp_timeout_established',
    ...['ipv4', 'ipv6'].flatMap((f) => [1, 2, 3].map((i) => `net.${f}.neigh.default.gc_thresh${i}`)),
  ].map((key) => [key, { kind: 'integer' }] as const),
  ...['tcp_mem', 'tcp_rmem', 'tcp_wmem'].map(
    (name) => [`net.ipv4.${name}`, { kind: 'tuple', fields: ['min', 'middle', 'max'] }] as const,
  ),
  ['net.ipv4.ip_local_port_range', { kind: 'portRange' }],
  ['net.ipv4.ip_local_reserved_ports', { kind: 'portSet' }],
  ['net.ipv4.tcp_congestion_control', { kind: 'word' }],
  ['net.core.default_qdisc', { kind: 'word' }],
  ['limit.nofile.soft', { kind: 'limit' }],
  ['limit.nofile.hard', { kind: 'limit' }],
  ...TUNABLES.map((t) => [t.key, t.shape] as const),
]);

/** A host on which every rule has something to look at, apart from its facts. */
const busy: Snapshot = snapshotOf({
  machine: {
    conntrack: 'active',
    subject: { chosenBy: 'service' },
    cgroup: { memoryMax: 1n, pidsMax: 0n },
    memory: { lowTotal: 0n, lowFree: 0n },
  },
  listeners: [listener('0.0.0.0:80', 511), listener('[::]:65535', 0), listener('0.0.0.0:0', null, 'udp')],
  config: { '/etc/sysctl.conf': [...RULE_KEYS.keys()].map((key) => `${key} = 1`).join('\n') },
});

function contextWith(reading: (shape: Shape) => Reading, goal = 1_000_000n): RuleContext {
  const facts = [...RULE_KEYS].map(
    ([key, shape]) => [key, { ...factFrom(key, denied()), reading: reading(shape) }] as const,
  );
  return {
    snapshot: { ...busy, facts: new Map(facts) },
    profile: profileOf(goal),
    goal,
    predict: () => null,
  };
}

function valueFor(shape: Shape, n: bigint): Value {
  const port = n < 0n ? 0 : n > 65_535n ? 65_535 : Number(n);
  switch (shape.kind) {
    case 'integer':
      return { kind: 'integer', n };
    case 'limit':
      return { kind: 'limit', n: n < 0n ? 'unlimited' : n };
    case 'tuple':
      return { kind: 'tuple', fields: shape.fields.map(() => n) };
    case 'portRange':
      return { kind: 'portRange', low: port, high: port };
    case 'portSet':
      return { kind: 'portSet', spans: n < 0n ? [] : [[0, port]] };
    case 'word':
      return { kind: 'word', word: n === 0n ? 'bbr' : '?' };
  }
}

test('the interlocks I1 to I25 are all covered', () => {
  const covered = new Set(RULES.flatMap((rule) => rule.interlocks));
  const all = Array.from({ length: 25 }, (_, i) => `I${i + 1}`);
  expect([...covered].sort()).toEqual([...all].sort());
});

test('every rule file is registered under its own name, and every rule has a test', () => {
  expect(RULES.map((rule) => `${rule.code}.ts`)).toEqual(files.sort());
  expect(tests).toEqual(expect.arrayContaining(RULES.map((rule) => `${rule.code}.test.ts`)));
});

describe.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (code, rule) => {
  test('has a code, a title and sources', () => {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(rule.title.length).toBeGreaterThan(20);
    expect(rule.title).toMatch(/^\S.*[^.\s]$/);
    expect(rule.sources.length).toBeGreaterThan(0);
    expect(new Set(rule.requires).size).toBe(rule.requires.length);
  });

  test('is silent only where it needs no facts, when there are none', () => {
    const results = rule.check(contextOf());
    expect(results.every((result) => result.code === code)).toBe(true);
    if (rule.requires.length > 0) expect(results.some(isUnchecked)).toBe(true);
  });

  test('denied facts are said to be unchecked, not judged', () => {
    const context = contextWith(() => ({ state: 'denied', errno: 'EACCES' }));
    const results = rule.check(context);
    // A rule that requires no fact may still judge the machine and the files.
    if (rule.requires.length > 0) {
      expect(results.length).toBeGreaterThan(0);
      expect(results.every(isUnchecked)).toBe(true);
    }
    for (const result of results.filter(isUnchecked)) expect(result.why).not.toBe('');
  });

  test.each([0n, -1n, 1n, (1n << 63n) - 1n])('does not throw when everything is %s', (n) => {
    const context = contextWith((shape) => ({ state: 'value', value: valueFor(shape, n) }));
    for (const result of rule.check(context)) {
      expect(result.code).toBe(code);
      if (isUnchecked(result)) continue;
      expect(result.what).toMatch(/^\S.*\.$/s);
      expect(result.remedy).toMatch(/^\S.*\.$/s);
      expect(`${result.what}${result.remedy}`).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  test('does not throw for values of another kind, or a goal of nothing', () => {
    const odd = contextWith((shape) => ({
      state: 'value',
      value: shape.kind === 'word' ? { kind: 'integer', n: 1n } : { kind: 'word', word: 'x' },
    }));
    const text = contextWith(() => ({ state: 'unparsable', text: '\u0000' }), 1n);
    const healthy = contextWith((shape) => ({ state: 'value', value: valueFor(shape, 4096n) }), 0n);
    for (const context of [odd, text, healthy]) {
      expect(rule.check(context).every((result) => result.code === code)).toBe(true);
    }
  });

  test('gives the same answer twice', () => {
    const context = contextWith((shape) => ({ state: 'value', value: valueFor(shape, 1n) }));
    expect(rule.check(context)).toEqual(rule.check(context));
  });
});
