import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { hierarchyOf, makeMemoryGroup } from '../../scripts/proofs/memory-group.ts';
import { machineOf } from '../../scripts/proofs/place.ts';

describe('the machine', () => {
  test('in a few words: a release is its number, a distribution its name and version', () => {
    const machine = machineOf({
      kernel: '6.12.57+deb13-cloud-amd64',
      osRelease: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\n',
      meminfo: 'MemTotal:        7137564 kB\nMemFree: 1 kB\n',
      ...{ cpus: 2, emulated: true },
    });
    expect(machine).toEqual({
      ...{ system: 'Debian 13', kernel: '6.12.57', cpus: 2, memory: 7137564 * 1024, emulated: true },
    });
  });

  test('a rolling distribution has no version', () => {
    const texts = { kernel: '7.0', osRelease: 'NAME=Arch\nID=arch\n', meminfo: '', cpus: 1, emulated: false };
    expect(machineOf(texts)).toMatchObject({ system: 'Arch', kernel: '7.0', memory: 0 });
  });
});

describe('the memory group', () => {
  test('is made beside this process, in the hierarchy that has the memory', () => {
    expect(hierarchyOf('5:cpu,memory:/a/b\n0::/c\n')).toEqual({
      folder: '/sys/fs/cgroup/memory/a/b',
      limit: 'memory.limit_in_bytes',
    });
    expect(hierarchyOf('0::/user.slice/x.scope\n')).toEqual({
      folder: '/sys/fs/cgroup',
      limit: 'memory.max',
    });
  });

  const isV1 = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  const why =
    process.getuid?.() !== 0 ? 'not root' : isV1 ? null : 'no memory control groups of version 1 here';
  if (why !== null) console.log(`skipped: a real memory group: ${why}`);
  (why === null ? test : test.skip)(
    'holds a program, which the kernel would end first, and goes away',
    async () => {
      const group = makeMemoryGroup();
      const [file = '', ...args] = [...group.prefix, 'cat', '/proc/self/cgroup', '/proc/self/oom_score_adj'];
      const seen = execFileSync(file, args, { encoding: 'utf8' });
      const folder = hierarchyOf(seen).folder;
      expect(folder).toContain(`tune-proofs-${process.pid}`);
      expect(seen).toMatch(/\n1000\n$/);
      const limit = Number(readFileSync(`${folder}/memory.limit_in_bytes`, 'utf8'));
      // The kernel keeps whole pages.
      expect(group.limit - limit).toBeGreaterThanOrEqual(0);
      expect(group.limit - limit).toBeLessThan(65_536);
      await group.remove();
      expect(existsSync(folder)).toBe(false);
    },
  );
});
