/**
 * Fault injection: each test starves exactly one limit, and the soak must name exactly that key. Each runs in a
 * network namespace of its own; limits are those of the test's own child processes and scratch control groups.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  inCgroup,
  removeDriver,
  removeGroup,
  report,
  run,
  scratchName,
  whyNoNamespace,
  withNofile,
} from './harness.ts';

const TIMEOUT_MS = 120_000;
const MIB = 2 ** 20;
const blocked = whyNoNamespace();
if (blocked !== null) process.stderr.write(`fault injection not run: ${blocked}\n`);
const withNamespace = blocked === null ? describe : describe.skip;

afterAll(removeDriver);

const LARGE = 'TUNE_LARGE_TESTS';

/** Why the test that needs 2.5 GB and more connections than nf_conntrack_max cannot run; null when it can. */
function whyNoConntrack(): string | null {
  if (process.env[LARGE] === undefined)
    return `${LARGE} is not set (300,000 connections, 2.5 GB, half a minute)`;
  if (spawnSync('nft', ['--version']).status !== 0) return 'no nft';
  const max = Number(fs.readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
  return max <= 300_000 ? null : `nf_conntrack_max is ${max}`;
}

/** A fresh child group of a v1 controller, or the reason why there is none. */
function makeGroup(controller: 'memory' | 'pids'): { readonly folder: string } | { readonly why: string } {
  const folder = `/sys/fs/cgroup/${controller}/${scratchName}-${controller}`;
  try {
    fs.mkdirSync(folder);
    fs.accessSync(`${folder}/cgroup.procs`, fs.constants.W_OK);
    return { folder };
  } catch (error) {
    return { why: `no ${controller} group: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const memoryFiles = (folder: string) => ({
  limit: `${folder}/memory.limit_in_bytes`,
  usage: `${folder}/memory.usage_in_bytes`,
});

function withGroup(
  controller: 'memory' | 'pids',
  work: (folder: string) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const group = makeGroup(controller);
    if ('why' in group) {
      process.stderr.write(`not run: ${group.why}\n`);
      return;
    }
    try {
      await work(group.folder);
    } finally {
      await removeGroup(group.folder);
    }
  };
}

withNamespace('faults', () => {
  test(
    'one server process with too few descriptors',
    async () => {
      const { verdict, connects } = await report(
        { request: { goal: 1500, mode: 'strict', namespace: true, echoTimeoutMs: 1000 } },
        withNofile(400),
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'process-files', key: 'limit.nofile.hard', current: '400', needed: '1548' },
      });
      expect(connects.accepted).toBeGreaterThan(300);
      expect(connects.accepted).toBeLessThan(400);
    },
    TIMEOUT_MS,
  );

  test(
    'spread holds what one process may not',
    async () => {
      const { verdict, held, plan, notProven } = await report(
        { request: { goal: 1500, mode: 'spread', namespace: true } },
        withNofile(400),
      );
      expect(verdict).toEqual({ state: 'passed' });
      expect(held).toBe(1500);
      expect(plan.servers).toBe(5);
      expect(notProven.map((claim) => claim.code)).toContain('nofile-of-one-process');
    },
    TIMEOUT_MS,
  );

  test(
    'a narrow port range and one source address',
    async () => {
      const { verdict, connects } = await report({
        request: { goal: 400, namespace: true, maxSources: 1, force: true },
        sysctls: { 'net.ipv4.ip_local_port_range': '40000 40199' },
      });
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: {
          code: 'ports-exhausted',
          key: 'net.ipv4.ip_local_port_range',
          current: '40000 40199',
          needed: '40000 65535',
        },
      });
      expect(connects.established).toBe(200);
      expect(connects.failedByErrno).toHaveProperty('EADDRNOTAVAIL');
    },
    TIMEOUT_MS,
  );

  test(
    'a short accept queue and a server that does not accept',
    async () => {
      const { verdict, connects } = await report({
        request: { goal: 2000, namespace: true, connectTimeoutMs: 1500, echoTimeoutMs: 500 },
        sysctls: { 'net.core.somaxconn': '4' },
        signal: { role: 'server', name: 'SIGSTOP', againAfterMs: 6000 },
      });
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'accept-queue-overflow', key: 'net.core.somaxconn', current: '4', needed: '4096' },
      });
      expect(connects.timedOut).toBeGreaterThan(0);
      expect(connects.established + connects.failed + connects.timedOut).toBe(connects.attempted);
    },
    TIMEOUT_MS,
  );

  test(
    'a short accept queue alone only slows the clients down',
    async () => {
      const { verdict } = await report({
        request: { goal: 2000, namespace: true },
        sysctls: { 'net.core.somaxconn': '4' },
      });
      expect(verdict).toEqual({ state: 'passed' });
    },
    TIMEOUT_MS,
  );

  test(
    'an address that routing forbids',
    async () => {
      const { verdict } = await report({
        request: { goal: 100, namespace: true },
        commands: [
          'ip rule add pref 100 lookup local',
          'ip rule add pref 50 from 127.1.0.0/16 prohibit',
          'ip rule del pref 0',
        ],
      });
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'not-permitted', key: 'firewall or security module' },
      });
    },
    TIMEOUT_MS,
  );

  test(
    'a full table of tracked connections',
    async () => {
      const why = whyNoConntrack();
      if (why !== null) {
        process.stderr.write(`conntrack fault not run: ${why}\n`);
        return;
      }
      const max = fs.readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8').trim();
      const { verdict, held } = await report({
        request: { goal: Number(max) + 20_000, mode: 'spread', namespace: true, connectTimeoutMs: 2000 },
        commands: [
          'nft add table inet t',
          "nft add chain inet t o '{ type filter hook output priority 0; }'",
          'nft add rule inet t o ct state new counter',
        ],
      });
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'conntrack-full', key: 'net.netfilter.nf_conntrack_max', current: max },
      });
      // The rest of the table is taken by the workers' rehearsal, whose entries live for ten seconds.
      expect(held).toBeGreaterThan(0.9 * Number(max));
      expect(held).toBeLessThanOrEqual(Number(max));
    },
    TIMEOUT_MS,
  );

  test(
    'a memory cgroup that is too small, by arithmetic',
    withGroup('memory', async (folder) => {
      fs.writeFileSync(`${folder}/memory.limit_in_bytes`, String(200 * MIB));
      const outcome = await run({ request: { goal: 18_000, namespace: true } }, inCgroup(folder));
      expect(outcome.status).toBe(2);
      expect(outcome.stderr).toMatch(
        /refused: not enough memory: 18000 connections × \d+ B .* \(limit of the memory cgroup\)/,
      );
    }),
    TIMEOUT_MS,
  );

  test(
    'a memory cgroup that is too small',
    withGroup('memory', async (folder) => {
      fs.writeFileSync(`${folder}/memory.limit_in_bytes`, String(1024 * MIB));
      const { verdict, lostWorkers } = await report(
        {
          request: { goal: 18_000, namespace: true, force: true },
          squeeze: { ...memoryFiles(folder), spare: MIB },
        },
        inCgroup(folder),
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'memory-cgroup', key: `${folder}/memory.limit_in_bytes` },
      });
      expect(lostWorkers.length).toBeGreaterThan(0);
    }),
    TIMEOUT_MS,
  );

  test(
    'a memory cgroup at its floor stops the ramp before anything is killed',
    withGroup('memory', async (folder) => {
      fs.writeFileSync(`${folder}/memory.limit_in_bytes`, String(1024 * MIB));
      // 154 MB of sockets, into 40 MiB above the floor.
      const { verdict, lostWorkers, connects, held } = await report(
        {
          request: { goal: 19_000, namespace: true, force: true, window: 1 },
          squeeze: { ...memoryFiles(folder), spare: 104 * MIB },
        },
        inCgroup(folder),
      );
      expect(verdict).toMatchObject({ state: 'failed', blame: { code: 'memory-cgroup' } });
      expect(lostWorkers).toEqual([]);
      expect(connects.established).toBeLessThan(19_000);
      expect(held).toBe(connects.established);
    }),
    TIMEOUT_MS,
  );

  test(
    'a pids cgroup that is too small',
    withGroup('pids', async (folder) => {
      fs.writeFileSync(`${folder}/pids.max`, '24');
      const { verdict } = await report(
        { request: { goal: 500, namespace: true, force: true } },
        inCgroup(folder),
      );
      expect(verdict).toMatchObject({
        state: 'inconclusive',
        reason: 'generator-limit',
        blame: { code: 'tasks-cgroup', key: `${folder}/pids.max`, current: '24' },
      });
    }),
    TIMEOUT_MS,
  );
});
