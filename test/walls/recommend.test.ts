/** The profile that fits: by memory, by role, from whatever profiles are shipped. */
import { describe, expect, test } from '@jest/globals';
import { listShipped } from '../../src/cli/profiles.ts';
import type { Profile, Setting } from '../../src/model/profile.ts';
import { recommendationText } from '../../src/report/walls-wording.ts';
import { recommend, roleOfProfile } from '../../src/walls/recommend.ts';
import { GIB, listener, profileOf, type SnapshotParts, snapshotOf } from '../support/snapshot.ts';

const setting = (key: string): Setting => ({
  key,
  want: { kind: 'exactly', amount: { kind: 'fixed', n: 1n } },
  level: 'recommended',
  when: null,
  why: 'a test',
  source: 'a test',
  origin: { profile: 'test', file: 'test.yaml', line: 1 },
});
const profile = (name: string, goal: bigint, ...keys: readonly string[]): Profile => ({
  ...profileOf(goal),
  name,
  settings: keys.map(setting),
});
const GATEWAY = ['net.ipv4.tcp_tw_reuse', 'net.ipv4.ip_local_reserved_ports'];
const SHELF = [
  profile('big', 2_000_000n),
  profile('middle', 1_000_000n),
  profile('small', 500_000n),
  profile('between', 500_000n, ...GATEWAY),
  profile('loud', 1_000_000n, 'net.ipv4.tcp_notsent_lowat'),
];
const on = (gib: bigint, parts: SnapshotParts = {}) =>
  recommend(snapshotOf({ ...parts, machine: { memory: { total: gib * GIB } } }), SHELF);

describe('recommended profile', () => {
  test.each([
    [64n, 'big', true],
    [16n, 'middle', true],
    [8n, 'small', true],
    [2n, 'small', false],
  ])('%i GiB: %s', (gib, name, fits) => {
    expect(on(gib)).toMatchObject({ profile: name, role: 'server', fits, hints: [] });
  });

  test('a machine on which none fits is told so, with the arithmetic', () => {
    const found = on(2n);
    if (found === null) throw new Error('nothing');
    expect(recommendationText(found)).toMatch(
      /^No shipped profile fits this host: memory holds [\d,]+ at [\d,]+ B/,
    );
  });

  test('a proxy’s listener hints at a gateway, which needs two sockets per client', () => {
    const listeners = [listener('0.0.0.0:3128')];
    const found = on(64n, { listeners });
    expect(found).toMatchObject({
      profile: 'between',
      role: 'gateway',
      hints: ['port 3128 listens (an HTTP proxy)'],
    });
    expect((found?.memoryHolds ?? 0n) < (on(64n)?.memoryHolds ?? 0n)).toBe(true);
    expect(on(8n, { listeners })).toMatchObject({ profile: 'between', fits: true });
    expect(on(5n, { listeners })).toMatchObject({ profile: 'between', fits: false });
  });

  test('a range made wide for outgoing connections hints at a gateway; the range alone does not', () => {
    const wide = { 'net.ipv4.ip_local_port_range': '1024 65535' };
    expect(on(64n, { facts: wide })?.role).toBe('server');
    expect(on(64n, { facts: { ...wide, 'net.ipv4.tcp_tw_reuse': '1' } })?.role).toBe('gateway');
  });

  test('a message broker hints at push', () => {
    expect(on(64n, { listeners: [listener('[::]:8883')] })).toMatchObject({ profile: 'loud', role: 'push' });
  });

  test('contradicting hints are none', () => {
    const listeners = [listener('0.0.0.0:3128'), listener('0.0.0.0:1883')];
    expect(on(64n, { listeners })).toMatchObject({ role: 'server', hints: [] });
  });

  test('without a profile for the role a server’s is recommended', () => {
    const servers = SHELF.slice(0, 3);
    const snapshot = snapshotOf({ listeners: [listener('0.0.0.0:3128')] });
    expect(recommend(snapshot, servers)).toMatchObject({ profile: 'big', role: 'server', hints: [] });
  });

  test('unknown memory or no profiles: no recommendation', () => {
    expect(on(0n)).toBeNull();
    expect(recommend(snapshotOf(), [])).toBeNull();
  });

  test('the shipped profiles: c1m and c500k are for servers, and this is one of them for a large machine', async () => {
    const shipped = await listShipped();
    const roles = Object.fromEntries(shipped.map((p) => [p.name, roleOfProfile(p)]));
    expect(roles).toMatchObject({ c1m: 'server', c500k: 'server' });
    const found = recommend(snapshotOf({ machine: { memory: { total: 16n * GIB } } }), shipped);
    expect(found).toMatchObject({ profile: 'c1m', fits: true });
  });
});
