/**
 * The walls that are of a whole host, each starved on a machine of its own: `tune walls` says in that environment where
 * connections will stop, a soak runs into it, and both must agree on the number, within 3 %, and on the key.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SoakReport } from '../../src/model/soak.ts';
import { apart } from '../walls/predict.ts';
import { Transcript } from './guest.ts';
import { availableImages, chosenReleases, type ImageName, RUNS_ALL } from './images.ts';
import { Machine } from './machine.ts';
import { type Payload, preparePayload } from './payload.ts';
import { AS_ALICE, memoryWall, type PredictedWall, predictWall, soakIn, withSysctl } from './walls-guest.ts';
import { chargedInGroup } from './walls-memory.ts';
import { fillTcpMemory } from './walls-queue.ts';

const MINUTE = 60_000;
/** Small, so that little is needed to fill it, and enough for the system, the soak and what it keeps free. */
const MEMORY_MIB = 1536;
const CLOSE = 0.03;
/** Memory is rounded to pages, slabs and batches of each CPU: closer than this is luck. */
const MEMORY_CLOSE = 0.05;

const { images } = await availableImages(MEMORY_MIB);
const describeMachine = images === null ? describe.skip : describe;
const { run, rest } = chosenReleases('debian13');

const noRam = 'only a machine without other work repeats it to 3 %: with TUNE_VM_FULL=1';
if (!RUNS_ALL) process.stderr.write(`\nvm: the wall RAM is SKIPPED (1 test): ${noRam}\n`);
const testRam = RUNS_ALL ? test : test.skip;

const suite = (name: ImageName) => {
  let machine: Machine;
  let payload: Payload;
  let transcript: Transcript;

  beforeAll(async () => {
    if (images === null) throw new Error('skipped tests have no images');
    payload = preparePayload();
    transcript = new Transcript(images[name].cache, `walls-${name}`);
    machine = await Machine.create(images[name], { memoryMiB: MEMORY_MIB, payload: payload.folder });
    await machine.check(payload.install, { timeoutSeconds: 300 });
  }, 10 * MINUTE);

  afterAll(async () => {
    await machine?.dispose();
    payload?.dispose();
  });

  const say = (what: string, predicted: number, measured: number) => {
    const distance = `${(100 * apart(predicted, measured)).toFixed(2)} % apart`;
    const line = `${what}: predicted ${Math.round(predicted)}, measured ${Math.round(measured)}, ${distance}`;
    process.stderr.write(`\nvm: ${name}: ${line}\n`);
    transcript.add(line);
  };
  const agree = (what: string, predicted: number, measured: number, close = CLOSE) => {
    say(what, predicted, measured);
    expect(apart(predicted, measured)).toBeLessThanOrEqual(close);
  };
  /** The soak stopped at this wall: its number, its key, and the host at fault. */
  const stoppedAt = (what: string, wall: PredictedWall, soak: SoakReport) => {
    transcript.add(what, `${wall.arithmetic}\n${JSON.stringify(soak.verdict, null, 2)}`);
    expect(soak.verdict).toMatchObject({ state: 'failed', reason: 'limit', blame: { key: wall.key } });
    agree(what, wall.at, soak.connects.accepted);
  };

  test(
    'fs.file-max, for an ordinary user: root is exempt',
    () =>
      withSysctl(machine, 'fs.file-max', '20000', async () => {
        const as = { setup: 'ulimit -n 100000; cd /tmp', wrap: AS_ALICE };
        const wall = await predictWall(machine, 'fs.file-max', as);
        stoppedAt('fs.file-max 20000', wall, await soakIn(machine, '-n 12000', as));
      }),
    5 * MINUTE,
  );

  test(
    'fs.nr_open: setrlimit goes up to it and no further, and a process that is there stops',
    () =>
      withSysctl(machine, 'fs.nr_open', '12000', async () => {
        expect(await machine.check('ulimit -n 12000; ulimit -n')).toBe('12000');
        expect((await machine.run('ulimit -n 12001')).exitCode).not.toBe(0);
        const at = { setup: 'ulimit -n 12000' };
        const wall = await predictWall(machine, 'fs.nr_open', at);
        expect(wall.at).toBe(12_000);
        stoppedAt('fs.nr_open 12000', wall, await soakIn(machine, '-n 14000', at));
      }),
    5 * MINUTE,
  );

  test(
    'fs.nr_open below the hard limit: no program can raise its soft one',
    async () => {
      // The soft limit is set first: with the ceiling below the hard limit nobody could set it any more.
      const before = await machine.check('sysctl -n fs.nr_open');
      const setup = `sysctl -qw fs.nr_open=${before}; ulimit -Sn 5000; sysctl -qw fs.nr_open=12000`;
      try {
        const refused = await machine.run(`${setup}; ulimit -Sn 6000`);
        expect(refused).toMatchObject({ output: expect.stringContaining('Operation not permitted') });
        const wall = await predictWall(machine, 'fs.nr_open', { setup });
        expect(wall.at).toBe(5000);
        const soak = await soakIn(machine, '-n 6000', { setup });
        stoppedAt('fs.nr_open 12000 below the hard nofile, soft nofile 5000', wall, soak);
      } finally {
        await machine.check(`sysctl -qw fs.nr_open=${before}`);
      }
    },
    5 * MINUTE,
  );

  test(
    'fs.epoll.max_user_watches: the connection is accepted, and not heard',
    () =>
      withSysctl(machine, 'fs.epoll.max_user_watches', '12000', async () => {
        const at = { setup: 'ulimit -n 100000' };
        const wall = await predictWall(machine, 'fs.epoll.max_user_watches', at);
        stoppedAt('fs.epoll.max_user_watches 12000', wall, await soakIn(machine, '-n 14000', at));
      }),
    5 * MINUTE,
  );

  test(
    'hard nofile 40,000, in one process',
    async () => {
      const at = { setup: 'ulimit -n 40000' };
      const wall = await predictWall(machine, 'limit.nofile.hard', at);
      const soak = await soakIn(machine, '-n 43000', at);
      stoppedAt('hard nofile 40000', wall, soak);
      expect(soak.plan.servers).toBe(1);
      const { kernelPerConnection } = soak.memory;
      // Of the machine's memory, slabs alone: what a wall counts is what the kernel took.
      const { each } = await memoryWall(machine);
      agree('bytes of kernel memory per connection, both ends', each, kernelPerConnection ?? 0, MEMORY_CLOSE);
    },
    6 * MINUTE,
  );

  test(
    'memory.max: what a control group of version 2 is charged for a connection',
    async () => {
      const limit = 2 ** 30;
      const wrap = `systemd-run --quiet --scope -p MemoryMax=${limit}`;
      const wall = await predictWall(machine, 'memory.max', { wrap });
      const { perConnection, soak } = await chargedInGroup(machine, 20_000);
      expect(soak.held).toBe(20_000);
      transcript.add(`the group is charged ${perConnection.toFixed(0)} B per connection`, wall.arithmetic);
      agree('memory.max 1 GiB', wall.at, limit / perConnection);
    },
    5 * MINUTE,
  );

  test(
    'net.ipv4.tcp_mem: so many connections with a message queued, and no more data for them beyond',
    () =>
      withSysctl(machine, 'net.ipv4.tcp_mem', '10000 15000 20000', async () => {
        const wall = await predictWall(machine, 'net.ipv4.tcp_mem', { busy: '100%' });
        const { connections, dropsBelow, dropsBeyond } = await fillTcpMemory(machine, 25_000, 20_000);
        expect(dropsBelow).toBe(0);
        expect(dropsBeyond).toBeGreaterThan(0);
        agree('net.ipv4.tcp_mem 20000 pages', wall.at, connections);
      }),
    5 * MINUTE,
  );

  test(
    'net.ipv4.tcp_mem: readers that do not read make the soak blame it',
    () =>
      withSysctl(machine, 'net.ipv4.tcp_mem', '3000 4000 5000', async () => {
        const soak = await soakIn(machine, '-n 5000 --workload slow-readers', { setup: 'ulimit -n 100000' });
        expect(soak.verdict).toMatchObject({ state: 'failed', blame: { key: 'net.ipv4.tcp_mem' } });
      }),
    5 * MINUTE,
  );

  testRam(
    'RAM: what everything else really takes, and the wall’s bytes for each connection, say where the floor stops it',
    async () => {
      const { wall, total, each } = await memoryWall(machine);
      // Somebody else's memory, so that little is left to fill.
      await machine.check('head -c 700M /dev/zero >/dev/shm/ballast');
      try {
        const soak = await soakIn(machine, '-n 90000 --force', { setup: 'ulimit -n 200000' });
        const course = soak.timeline.map(
          (p) => `${p.atMs} ms: ${p.established} connections, ${p.freeBytes} B free`,
        );
        transcript.add('RAM', [wall.arithmetic, JSON.stringify(soak.verdict, null, 2), ...course].join('\n'));
        expect(soak.verdict).toMatchObject({ reason: 'memory-floor', blame: { key: 'RAM' } });
        // What was free once the processes had started, which are part of everything else.
        const start = soak.timeline.find(({ established }) => established > 0);
        if (start === undefined) throw new Error('nothing was established');
        const { floor } = soak.plan.memory;
        const elsewhere = total - start.freeBytes - start.established * each + floor;
        // Connections that were under way when the floor was reached came up still.
        const reached = soak.timeline.find((p) => p.established > 0 && p.freeBytes < floor);
        const stopped = reached?.established ?? soak.connects.established;
        agree('RAM less everything else', (total - elsewhere) / each, stopped);
      } finally {
        await machine.check('rm /dev/shm/ballast');
      }
    },
    6 * MINUTE,
  );

  test(
    'net.netfilter.nf_conntrack_max: the table is full, and connects time out',
    async () => {
      await machine.check(`nft add table inet t
        nft add chain inet t o '{ type filter hook output priority 0; }'
        nft add rule inet t o ct state new counter`);
      try {
        await withSysctl(machine, 'net.netfilter.nf_conntrack_max', '12000', async () => {
          const at = { setup: 'ulimit -n 100000; echo >/dev/udp/127.0.0.1/9' };
          const wall = await predictWall(machine, 'net.netfilter.nf_conntrack_max', at);
          stoppedAt('nf_conntrack_max 12000', wall, await soakIn(machine, '-n 14000', at));
        });
      } finally {
        await machine.check('nft delete table inet t');
      }
    },
    5 * MINUTE,
  );
};
describeMachine.each(run)('%s', suite);
if (rest.length > 0) describe.skip.each(rest)('%s', suite);
