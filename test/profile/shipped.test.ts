/** What holds for every shipped profile, on every recorded host. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { listShipped } from '../../src/cli/profiles.ts';
import { gather } from '../../src/gather/index.ts';
import { parseCapture } from '../../src/host/capture.ts';
import { recordedHost } from '../../src/host/recorded.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Relation } from '../../src/model/relation.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resolveSetting } from '../../src/profile/resolve.ts';
import { TUNABLES } from '../../src/tunables/index.ts';

const HOSTS = 'test/fixtures/hosts';
const NAMES = ['c1m', 'c2m', 'c500k', 'gateway-500k', 'push-1m'] as const;
const hosts = readdirSync(HOSTS).filter((name) => existsSync(`${HOSTS}/${name}/host.json`));
const shipped = new Map<string, Profile>();

beforeAll(async () => {
  for (const profile of await listShipped()) shipped.set(profile.name, profile);
});

function profileOf(name: string): Profile {
  const profile = shipped.get(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}

function snapshotOf(host: string): Snapshot {
  const file = `${HOSTS}/${host}/host.json`;
  const capture = parseCapture(readFileSync(file, 'utf8'), file);
  return gather(recordedHost(capture.recording, file), capture.subject);
}

/** The least that a relation asks for, of a number or of one field. */
function least(relation: Relation | null | undefined): bigint | null {
  const value =
    relation?.kind === 'between' ? relation.low : relation?.kind === 'atLeast' ? relation.value : null;
  if (value?.kind === 'integer') return value.n;
  return value?.kind === 'limit' && value.n !== 'unlimited' ? value.n : null;
}

function wantOf(profile: Profile, key: string, { machine }: Snapshot): Relation | null {
  const setting = profile.settings.find((s) => s.key === key);
  const tunable = TUNABLES.find((t) => t.key === key);
  if (setting === undefined || tunable === undefined) return null;
  return resolveSetting(setting, tunable, profile.goal, machine).relation;
}

test('the shipped profiles are these, and what their soaks do', () => {
  expect([...shipped.values()].map(({ name, goal, workload }) => [name, goal, workload])).toEqual([
    ['c1m', 1_000_000n, 'idle'],
    ['c2m', 2_000_000n, 'idle'],
    ['c500k', 500_000n, 'idle'],
    ['gateway-500k', 500_000n, 'gateway'],
    ['push-1m', 1_000_000n, 'broadcast'],
  ]);
});

describe.each(NAMES)('%s', (name) => {
  test.each(hosts)('on %s: no limit of files above the kernel’s ceiling, no triple out of order', (host) => {
    const profile = profileOf(name);
    const snapshot = snapshotOf(host);
    const want = (key: string) => wantOf(profile, key, snapshot);
    const ceiling = least(want('fs.nr_open'));
    for (const key of ['limit.nofile.hard', 'limit.nofile.soft', 'systemd.DefaultLimitNOFILE']) {
      expect([key, (least(want(key)) ?? 0n) <= (ceiling ?? 0n)]).toEqual([key, true]);
    }
    expect(least(want('limit.nofile.hard'))).toBeGreaterThan(profile.goal);
    for (const key of ['net.ipv4.tcp_mem', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']) {
      const relation = want(key);
      const fields = relation?.kind === 'fields' ? relation.fields.map((f) => least(f) ?? 0n) : [];
      expect(fields).toEqual([...fields].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }
  });

  test('every setting has its reason and source, and a wide port range never stands without reservations', () => {
    const { settings } = profileOf(name);
    for (const { why, source } of settings) {
      expect(why.length).toBeGreaterThan(20);
      expect(source.length).toBeGreaterThan(3);
    }
    const range = settings.find((s) => s.key === 'net.ipv4.ip_local_port_range')?.want;
    const isWide = range?.kind === 'superset' && Number(range.ports.split('-')[0]) < 32_768;
    const reserves = settings.some((s) => s.key === 'net.ipv4.ip_local_reserved_ports');
    expect(isWide).toBe(reserves);
  });
});

test('tcp_mem is never more than two fifths of memory, whatever the goal', () => {
  for (const name of ['c1m', 'c2m', 'gateway-500k', 'push-1m']) {
    for (const host of hosts) {
      const snapshot = snapshotOf(host);
      const { machine } = snapshot;
      const relation = wantOf(profileOf(name), 'net.ipv4.tcp_mem', snapshot);
      const most = relation?.kind === 'fields' ? (least(relation.fields[2]) ?? 0n) : 0n;
      if (machine.memory.total === 0n) continue;
      expect([name, host, most * BigInt(machine.pageSize) * 5n <= machine.memory.total * 2n]).toEqual([
        name,
        host,
        true,
      ]);
    }
  }
});

test('a gateway asks for both sockets of a client, in one process and in connection tracking', () => {
  const profile = profileOf('gateway-500k');
  const snapshot = snapshotOf('debian-12');
  expect(least(wantOf(profile, 'limit.nofile.hard', snapshot))).toBe(2_097_152n);
  expect(least(wantOf(profile, 'net.netfilter.nf_conntrack_max', snapshot))).toBe(3n * profile.goal);
  expect(profile.settings.find((s) => s.key === 'net.ipv4.ip_local_reserved_ports')?.level).toBe('required');
});
