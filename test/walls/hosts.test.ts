/** The walls of the recorded hosts: the whole text, and for each host the answer that its story is about. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gather } from '../../src/gather/index.ts';
import { parseCapture } from '../../src/host/capture.ts';
import { recordedHost } from '../../src/host/recorded.ts';
import { headlineWalls } from '../../src/report/walls-wording.ts';
import { findWalls } from '../../src/walls/index.ts';
import { goldenWalls } from '../support/golden.ts';

const HOSTS = 'test/fixtures/hosts';
const GOLDEN = 'test/golden/walls';
const hosts = readdirSync(HOSTS);
const file = (name: string) => join(HOSTS, name, 'host.json');

function wallsOfHost(name: string) {
  const capture = parseCapture(readFileSync(file(name), 'utf8'), name);
  return findWalls(gather(recordedHost(capture.recording, name), capture.subject));
}

describe('walls of recorded hosts', () => {
  test.each(hosts)('%s: the whole text is what it was, at 80 columns', (name) => {
    const text = goldenWalls(file(name));
    expect(text).toBe(readFileSync(join(GOLDEN, `${name}.txt`), 'utf8'));
    expect(text.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  test('every golden file belongs to a host', () => {
    expect(readdirSync(GOLDEN)).toEqual(hosts.map((name) => `${name}.txt`));
  });

  test.each([
    ['microvm-6.18', 'limit.nofile.hard', 20_000n],
    ['rhel-9', 'net.netfilter.nf_conntrack_max', 262_144n],
    ['debian-13', 'limit.nofile.soft', 1_024n],
    ['c1m-ready', 'fs.nr_open', 2_097_152n],
    ['container-netns', 'limit.nofile.hard', 1_048_576n],
    ['i686-lowmem', 'fs.epoll.max_user_watches', 190_000n],
  ])('%s: %s stops it at %i', (name, key, at) => {
    expect(wallsOfHost(name).connections.find((wall) => wall.key === key)?.at).toBe(at);
  });

  test('a 32-bit kernel stops at low memory long before its RAM', () => {
    const { connections } = wallsOfHost('i686-lowmem');
    const at = (key: string) => connections.find((wall) => wall.key === key)?.at ?? 0n;
    expect(at('LowTotal') * 5n < at('RAM')).toBe(true);
  });

  test('a container does not see host-wide keys, and says so for each', () => {
    const { unknown } = wallsOfHost('container-netns');
    expect(unknown.map((limit) => [limit.key, limit.reading])).toEqual(
      expect.arrayContaining([
        ['net.ipv4.tcp_mem', { state: 'absent', reason: 'child-namespace' }],
        ['net.ipv4.tcp_max_orphans', { state: 'absent', reason: 'child-namespace' }],
      ]),
    );
  });

  test.each(hosts)(
    '%s: the headline has a wall that a server meets, and none that a program can avoid',
    (name) => {
      const named = headlineWalls(wallsOfHost(name).connections);
      expect(named.length).toBeGreaterThan(0);
      expect(named.some((wall) => wall.side !== 'client')).toBe(true);
      expect(named.filter((wall) => wall.condition !== null)).toEqual([]);
    },
  );
});
