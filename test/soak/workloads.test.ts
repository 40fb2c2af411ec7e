/**
 * Real soaks with a workload, in network namespaces of their own. Each workload runs once on a host that can carry it, and
 * once starved of the limit it is about, which the report must name. net.ipv4.tcp_mem, the limit of the broadcast and
 * of slow readers, is of the whole machine and has no namespace: here the soak is told of a mark that is lower than the
 * real one, which shows that it ends there and what it blames, not what the kernel does beyond it.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { SoakReport, WorkloadName, WorkloadReport } from '../../src/model/soak.ts';
import { soakDocument } from '../../src/report/soak-schema.ts';
import type { DriverInput } from './driver.ts';
import { removeDriver, report, start, whyNoNamespace, withNofile } from './harness.ts';

const TIMEOUT_MS = 120_000;
const blocked = whyNoNamespace();
if (blocked !== null) process.stderr.write(`workloads not run: ${blocked}\n`);
const withNamespace = blocked === null ? describe : describe.skip;

afterAll(removeDriver);

const soak = (
  workload: WorkloadName,
  goal: number,
  sysctls: DriverInput['sysctls'] = {},
  request: Partial<DriverInput['request']> = {},
) => report({ request: { goal, workload, namespace: true, ...request }, sysctls });

/** The figures of the workload that was asked for. */
function figures<Name extends WorkloadReport['name']>(
  { workload }: SoakReport,
  name: Name,
): Extract<WorkloadReport, { name: Name }> {
  if (workload?.name !== name) throw new Error(`no ${name} in the report`);
  return workload as Extract<WorkloadReport, { name: Name }>;
}

/** Everything is held as before, and the report is a document of the published form. */
function expectWhole(whole: SoakReport, goal: number): void {
  expect(whole.verdict).toEqual({ state: 'passed' });
  expect(whole.held).toBe(goal);
  expect(whole.sweeps).toHaveLength(2);
  expect(whole.agreement.agrees).toBe(true);
  expect(whole.leftover.sockets).toBe(0);
  expect(whole.phases.map((p) => p.phase)).toEqual([
    'prepare',
    'ramp',
    'sweep',
    'workload',
    'sweep',
    'drain',
  ]);
  expect(whole.proven.map((claim) => claim.code)).toContain('workload-done');
  expect(() => soakDocument.parse(whole)).not.toThrow();
}

withNamespace('a host that can carry it', () => {
  test(
    'idle does nothing',
    async () => {
      const whole = await soak('idle', 1000);
      expect(whole.workload).toBeNull();
      expect(whole.phases.map((p) => p.phase)).toEqual(['prepare', 'ramp', 'sweep', 'drain']);
    },
    TIMEOUT_MS,
  );

  test(
    'broadcast: each connection gets each byte, and none too many',
    async () => {
      const whole = await soak('broadcast', 3000, {}, { messageBytes: 10_000 });
      expectWhole(whole, 3000);
      const work = figures(whole, 'broadcast');
      expect(work).toMatchObject({ connections: 3000, completed: 3000, delivered: 3000, bytes: 30_000_000 });
      expect(work.megabytesPerSecond).toBeGreaterThan(0);
      expect(work.sendMs).toBeLessThanOrEqual(work.durationMs);
      // What the kernel sent in that time: the messages, in a segment each at least.
      expect(work.counters['Tcp.OutSegs']).toBeGreaterThanOrEqual(3000);
    },
    TIMEOUT_MS,
  );

  test(
    'broadcast over several server processes',
    async () => {
      const whole = await report(
        { request: { goal: 1500, workload: 'broadcast', mode: 'spread', namespace: true } },
        ['sh', '-c', 'ulimit -n 400; exec "$@"', 'sh'],
      );
      expect(whole.verdict).toEqual({ state: 'passed' });
      expect(whole.plan.servers).toBe(5);
      expect(figures(whole, 'broadcast').delivered).toBe(1500);
    },
    TIMEOUT_MS,
  );

  test(
    'burst: a tenth comes back at once',
    async () => {
      const whole = await soak('burst', 3000);
      expectWhole(whole, 3000);
      const work = figures(whole, 'burst');
      expect(work).toMatchObject({ connections: 300, completed: 300, closed: 300, reopened: 300 });
      expect(work.latency.samples).toBeGreaterThan(0);
      // The server resets what was closed: the ports are free at once.
      expect(whole.leftover.timeWait).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'burst: servers that have room look away all the same, and their queue must hold the arrivals',
    async () => {
      const spread = { mode: 'spread', connectTimeoutMs: 900 } as const;
      const deep = await soak('burst', 3000, {}, spread);
      expect(deep.verdict).toEqual({ state: 'passed' });
      const short = await soak('burst', 3000, { 'net.core.somaxconn': '64' }, spread);
      expect(short.verdict).toMatchObject({ state: 'failed', blame: { key: 'net.core.somaxconn' } });
      expect(figures(short, 'burst').listenOverflows).toBeGreaterThan(0);
      expect(figures(short, 'burst').completed).toBeLessThanOrEqual(65 + 1);
    },
    TIMEOUT_MS,
  );

  test(
    'reconnect: half of the clients, whose ports stay in TIME_WAIT',
    async () => {
      const whole = await soak('reconnect', 3000);
      expectWhole(whole, 3000);
      const work = figures(whole, 'reconnect');
      expect(work).toMatchObject({ connections: 1500, closed: 1500, reopened: 1500, timeWait: 1500 });
      expect(work.portsMissing).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'slow readers: what they leave unread is kernel memory, and is given back',
    async () => {
      const whole = await soak('slow-readers', 1000);
      expectWhole(whole, 1000);
      const work = figures(whole, 'slow-readers');
      expect(work).toMatchObject({ connections: 50, completed: 50 });
      expect(work.memoryPerConnection).toBeGreaterThanOrEqual(work.bytesPerConnection * 0.9);
      expect(work.leftBytes).toBeLessThan(work.bytes / 10);
      expect(work.peak.queuedBytes).toBeGreaterThan(work.bytes * 0.9);
    },
    TIMEOUT_MS,
  );

  test(
    'gateway: an upstream connection for each, and every echo comes by way of it',
    async () => {
      const whole = await soak('gateway', 3000);
      expectWhole(whole, 3000);
      const work = figures(whole, 'gateway');
      expect(work).toMatchObject({ connections: 3000, completed: 3000, opened: 3000, taken: 3000 });
      expect(work).toMatchObject({ upstreams: 1, portsMissing: 0 });
      expect(whole.plan.upstream).toMatchObject({ first: '127.0.1.1', count: 1, processes: 1 });
      expect(whole.agreement.own).toBe(6000);
      // Eight bytes out and back on each of two connections, where the first sweep had one.
      expect(whole.counters['TcpExt.TCPOrigDataSent']).toBe(2 * 3000 + 4 * 3000);
      expect(whole.proven).toContainEqual({
        code: 'connections-held',
        args: { connections: 6000, sockets: 12_000 },
      });
      expect(whole.leftover.timeWait).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'gateway over several processes on each side, held for a while',
    async () => {
      const whole = await report(
        { request: { goal: 1500, workload: 'gateway', mode: 'spread', namespace: true, holdMs: 500 } },
        withNofile(400),
      );
      expect(whole.verdict).toEqual({ state: 'passed' });
      // 352 files each: 176 clients and their upstream connections in a server, 352 connections in an upstream.
      expect(whole.plan).toMatchObject({ servers: 9, upstream: { processes: 5 } });
      expect(figures(whole, 'gateway').taken).toBe(1500);
      expect(whole.heldMs).toBeGreaterThanOrEqual(500);
      expect(whole.leftover).toEqual({ sockets: 0, timeWait: 0 });
    },
    TIMEOUT_MS,
  );

  test(
    'gateway over IPv6',
    async () => {
      const whole = await soak('gateway', 1000, {}, { family: 6 });
      expectWhole(whole, 1000);
      expect(figures(whole, 'gateway').taken).toBe(1000);
    },
    TIMEOUT_MS,
  );

  test(
    'IPv6, with the ports picked by the kernel',
    async () => {
      const whole = await soak('reconnect', 1000, {}, { family: 6 });
      expectWhole(whole, 1000);
      expect(figures(whole, 'reconnect').reopened).toBe(500);
    },
    TIMEOUT_MS,
  );
});

withNamespace('a host that is starved', () => {
  test(
    'burst: a short accept queue',
    async () => {
      // A dropped SYN is sent again after a second, so whoever was dropped is later than this.
      const { verdict, workload } = await soak(
        'burst',
        5000,
        { 'net.core.somaxconn': '16' },
        { connectTimeoutMs: 900 },
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'accept-queue-overflow', key: 'net.core.somaxconn', current: '16', needed: '4096' },
      });
      expect(workload).toMatchObject({ name: 'burst', closed: 500 });
      expect(workload?.counters['TcpExt.ListenDrops']).toBeGreaterThan(0);
      expect(workload?.completed).toBeLessThan(500);
    },
    TIMEOUT_MS,
  );

  test(
    'burst: a short accept queue and SYN cookies, connected for the client alone',
    async () => {
      const { verdict, workload } = await soak(
        'burst',
        19_000,
        { 'net.core.somaxconn': '128' },
        { echoTimeoutMs: 2000 },
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'accept-queue-overflow', key: 'net.core.somaxconn', current: '128', needed: '4096' },
      });
      expect(workload).toMatchObject({ name: 'burst', closed: 1900, end: 'done' });
      expect(workload?.counters['TcpExt.SyncookiesSent']).toBeGreaterThan(0);
      expect(workload?.completed).toBeLessThan(1900);
    },
    TIMEOUT_MS,
  );

  test(
    'reconnect: a narrow port range',
    async () => {
      const { verdict, workload } = await soak(
        'reconnect',
        1500,
        { 'net.ipv4.ip_local_port_range': '40000 41999', 'net.ipv4.tcp_tw_reuse': '0' },
        { maxSources: 1 },
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: {
          code: 'ports-exhausted',
          key: 'net.ipv4.ip_local_port_range',
          current: '40000 41999',
          needed: '40000 65535',
        },
      });
      // 2,000 ports, one of which may be the server's: 750 are held and up to 750 in TIME_WAIT.
      expect(workload).toMatchObject({ name: 'reconnect', closed: 750, timeWaitReused: 0 });
      expect(workload?.completed).toBeGreaterThanOrEqual(499);
      expect(workload?.completed).toBeLessThan(750);
    },
    TIMEOUT_MS,
  );

  test.each([
    ['tcp_tw_reuse off', { 'net.ipv4.tcp_tw_reuse': '0' }, 'net.ipv4.tcp_tw_reuse'],
    ['no timestamps', { 'net.ipv4.tcp_timestamps': '0' }, 'net.ipv4.tcp_timestamps'],
  ])(
    'reconnect: ports that TIME_WAIT keeps, with %s',
    async (_name, sysctls, key) => {
      const { verdict, workload } = await soak(
        'reconnect',
        1500,
        { ...sysctls, 'net.ipv4.ip_local_reserved_ports': '32768-58999' },
        { maxSources: 1 },
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'time-wait-kept', key, current: '0', needed: '1' },
      });
      expect(workload).toMatchObject({ name: 'reconnect', closed: 750, timeWaitReused: 0 });
      expect(workload?.completed).toBeLessThan(750);
    },
    TIMEOUT_MS,
  );

  test(
    'reconnect: the same with reuse comes through',
    async () => {
      const { verdict, workload } = await soak(
        'reconnect',
        1500,
        { 'net.ipv4.ip_local_reserved_ports': '32768-58999' },
        { maxSources: 1 },
      );
      expect(verdict).toEqual({ state: 'passed' });
      expect(workload).toMatchObject({ name: 'reconnect', reopened: 750 });
      expect(workload?.name === 'reconnect' && workload.timeWaitReused).toBeGreaterThan(200);
    },
    TIMEOUT_MS,
  );

  test(
    'gateway: fewer ports than clients, who are turned away',
    async () => {
      const whole = await soak('gateway', 3000, {
        'net.ipv4.ip_local_port_range': '40000 41999',
      });
      expect(whole.verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: {
          code: 'ports-exhausted',
          key: 'net.ipv4.ip_local_port_range',
          current: '40000 41999',
          needed: '40000 65535',
        },
      });
      const work = figures(whole, 'gateway');
      expect(work.portsMissing).toBeGreaterThan(0);
      expect(work.completed).toBeLessThanOrEqual(2000);
      expect(work.completed).toBeGreaterThanOrEqual(1990);
      // A client ends its sweep after many failures, so some of those that came through may not have been asked.
      expect(whole.held).toBeGreaterThan(0);
      expect(whole.held).toBeLessThanOrEqual(work.completed);
      expect(whole.sweeps.at(-1)?.failedByErrno).toMatchObject({ ECONNRESET: expect.any(Number) });
    },
    TIMEOUT_MS,
  );

  test(
    'gateway: files for the clients and not for their upstream connections',
    async () => {
      const { verdict, workload } = await report(
        { request: { goal: 1200, workload: 'gateway', mode: 'strict', namespace: true } },
        withNofile(2000),
      );
      expect(verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'process-files', key: 'limit.nofile.hard', current: '2000', needed: '2448' },
      });
      expect(workload?.completed).toBeLessThan(800);
      expect(workload?.completed).toBeGreaterThan(740);
    },
    TIMEOUT_MS,
  );

  test(
    'reconnect: few TIME_WAIT states allowed',
    async () => {
      const whole = await soak('reconnect', 2000, { 'net.ipv4.tcp_max_tw_buckets': '100' });
      const work = figures(whole, 'reconnect');
      expect(work.timeWait).toBeLessThanOrEqual(101);
      expect(work.timeWaitSkipped).toBeGreaterThanOrEqual(890);
      expect(work.reopened).toBe(1000);
    },
    TIMEOUT_MS,
  );

  test(
    'broadcast: small send buffers make writes wait, and nothing is lost',
    async () => {
      const whole = await soak(
        'broadcast',
        500,
        { 'net.ipv4.tcp_wmem': '4096 4096 4096' },
        { messageBytes: 1_000_000 },
      );
      expectWhole(whole, 500);
      const work = figures(whole, 'broadcast');
      expect(work.blockedWrites).toBeGreaterThan(0);
      expect(work.bytes).toBe(500_000_000);
    },
    TIMEOUT_MS,
  );

  test(
    'slow readers: a limit on unsent bytes keeps them cheap',
    async () => {
      const plain = figures(await soak('slow-readers', 1000), 'slow-readers');
      const bounded = figures(
        await soak('slow-readers', 1000, { 'net.ipv4.tcp_notsent_lowat': '131072' }),
        'slow-readers',
      );
      expect(bounded.memoryPerConnection).toBeLessThan(plain.memoryPerConnection / 2);
    },
    TIMEOUT_MS,
  );

  test(
    'slow readers: the filling ends at the pressure mark of tcp_mem, and all is read again',
    async () => {
      const whole = await report({
        request: { goal: 2000, workload: 'slow-readers', namespace: true },
        pretend: { '/proc/sys/net/ipv4/tcp_mem': '10000 20000 400000' },
      });
      expect(whole.verdict).toMatchObject({
        state: 'failed',
        reason: 'limit',
        blame: { code: 'tcp-memory', key: 'net.ipv4.tcp_mem', current: '10000 20000 400000' },
      });
      expect(whole.workload).toMatchObject({ name: 'slow-readers', end: 'at-limit', connections: 100 });
      expect(whole.workload?.completed).toBeLessThan(100);
      expect(whole.sweeps.at(-1)).toMatchObject({ sent: 2000, answered: 2000 });
    },
    TIMEOUT_MS,
  );

  test(
    'a server that is stopped in the middle: the messages are missed, and nothing is blamed',
    async () => {
      const { verdict, workload } = await report({
        request: {
          goal: 1000,
          workload: 'broadcast',
          namespace: true,
          echoTimeoutMs: 400,
          connectTimeoutMs: 1000,
          messageBytes: 1_000_000,
        },
        sysctls: { 'net.ipv4.tcp_wmem': '4096 4096 4096' },
        pause: { phase: 'workload', role: 'server', forMs: 5000 },
      });
      expect(verdict).toEqual({ state: 'failed', reason: 'workload-incomplete', blame: null });
      expect(workload?.timedOut).toBeGreaterThan(0);
      expect(workload?.completed).toBeLessThan(1000);
    },
    TIMEOUT_MS,
  );

  test(
    'interrupted while nobody reads: it drains, and reports',
    async () => {
      const running = start({
        request: { goal: 500, workload: 'slow-readers', namespace: true },
        progress: true,
      });
      await running.line(/"phase":"workload"/);
      running.child.kill('SIGTERM');
      const { report: whole } = await running.end;
      expect(whole?.verdict).toMatchObject({ state: 'inconclusive', reason: 'interrupted' });
      expect(whole?.workload?.end).toBe('halted');
      expect(whole?.leftover.sockets).toBe(0);
    },
    TIMEOUT_MS,
  );
});
