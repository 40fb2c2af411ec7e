/** The two engines against servers and clients that misbehave: every outcome is counted once, and as what it was. */
import net from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHistogram } from '../../src/soak/histogram.ts';
import { type Libc, loadLibc } from '../../src/soak/libc.ts';
import { openListener, requireLocal } from '../../src/soak/listener.ts';
import { createRamp } from '../../src/soak/ramp.ts';
import { createServer } from '../../src/soak/server.ts';
import { createSweep } from '../../src/soak/sweep.ts';
import type { ClientSetup } from '../../src/soak/wire.ts';

const NO_LISTENER = -1;
const GOAL = 40;
let libc: Libc;
const closers: (() => void)[] = [];
let source = 0;

beforeAll(async () => {
  libc = await loadLibc();
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** What a server does with the bytes of its n-th connection. */
type Manner = (socket: net.Socket, data: Buffer, index: number) => void;
const honest: Manner = (socket, data) => socket.write(data);

async function serve(manner: Manner): Promise<number> {
  let count = 0;
  const server = net.createServer((socket) => {
    const index = count++;
    socket.on('data', (data) => manner(socket, data, index));
    socket.on('error', () => undefined);
    closers.push(() => socket.destroy());
  });
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const setupFor = (port: number, parts: Partial<ClientSetup> = {}): ClientSetup => ({
  type: 'setup',
  role: 'client',
  index: 3,
  pageSize: 4096,
  goal: GOAL,
  server: { address: '127.0.0.1', port },
  // Another source for each: what was closed before, in another test or run, may still be in TIME_WAIT.
  sources: [`127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 256}.${++source}`],
  spans: [[20_000, 20_999]],
  firstSlot: 0,
  slots: 1000,
  window: 8,
  connectTimeoutMs: 500,
  echoTimeoutMs: 3000,
  ...parts,
});

/** Lets Node's own sockets work between slices. */
async function finish(step: (until: number) => boolean): Promise<void> {
  while (!step(performance.now() + 2)) await new Promise((resolve) => setImmediate(resolve));
}

async function connectAll(setup: ClientSetup) {
  const fds = new Int32Array(setup.goal).fill(-1);
  const ramp = createRamp(libc, setup, NO_LISTENER, fds, createHistogram());
  await finish(ramp.step);
  closers.push(() => {
    for (const fd of fds) if (fd >= 0) libc.close(fd);
  });
  return { fds, ramp };
}

async function sweepOnce(setup: ClientSetup, fds: Int32Array, count: number, id = 1) {
  const sweep = createSweep(libc, setup, id, fds, count, createHistogram());
  await finish(sweep.step);
  return sweep.tally();
}

describe('client', () => {
  test('an honest server: all established, all answered, in every sweep', async () => {
    const setup = setupFor(await serve(honest));
    const { fds, ramp } = await connectAll(setup);
    expect(ramp.tally()).toEqual({
      attempted: GOAL,
      established: GOAL,
      timedOut: 0,
      portsSkipped: 0,
      failures: [],
    });
    expect(ramp.perSource()).toEqual([[setup.sources[0], GOAL]]);
    for (const id of [1, 2]) {
      expect(await sweepOnce(setup, fds, GOAL, id)).toEqual({
        sent: GOAL,
        answered: GOAL,
        timedOut: 0,
        mismatched: 0,
        failures: [],
      });
    }
  });

  test('an answer in pieces is an answer', async () => {
    const setup = setupFor(
      await serve((socket, data) => {
        socket.setNoDelay(true);
        socket.write(data.subarray(0, 3));
        setTimeout(() => socket.write(data.subarray(3)), 20);
      }),
    );
    const { fds } = await connectAll(setup);
    expect(await sweepOnce(setup, fds, GOAL)).toMatchObject({ answered: GOAL, mismatched: 0, timedOut: 0 });
  });

  test('one wrong byte, one silence and one close are told apart, and buried', async () => {
    const setup = setupFor(
      await serve((socket, data, index) => {
        if (index === 5) return;
        if (index === 11) socket.destroy();
        else if (index === 17) socket.write(Buffer.from(data).fill(7, 7, 8));
        else socket.write(data);
      }),
    );
    const { fds } = await connectAll(setup);
    const tally = await sweepOnce({ ...setup, echoTimeoutMs: 400 }, fds, GOAL);
    expect(tally).toMatchObject({ sent: GOAL, answered: GOAL - 3, timedOut: 1, mismatched: 1 });
    expect(tally.failures.map((f) => [f.call, f.errno, f.count])).toEqual([['read', 'ECONNRESET', 1]]);
    expect(await sweepOnce(setup, fds, GOAL, 2)).toMatchObject({ sent: GOAL - 3, answered: GOAL - 3 });
  });

  test('another connection’s answer does not count', async () => {
    let previous: Buffer | null = null;
    const setup = setupFor(
      await serve((socket, data) => {
        socket.write(previous ?? data);
        previous = Buffer.from(data);
      }),
      { window: 1 },
    );
    const { fds } = await connectAll(setup);
    const tally = await sweepOnce(setup, fds, GOAL);
    expect(tally.answered).toBe(1);
    expect(tally.mismatched).toBe(32);
    expect(tally.sent).toBe(33);
  });

  test('nobody listens: every attempt failed with that errno, and it gives up early', async () => {
    const { ramp } = await connectAll(setupFor(1, { goal: 100 }));
    const tally = ramp.tally();
    expect(tally.established).toBe(0);
    expect(tally.failures.map((f) => [f.call, f.errno])).toEqual([['connect', 'ECONNREFUSED']]);
    expect(tally.attempted).toBe(tally.failures[0]?.count);
    expect(tally.attempted).toBeLessThan(100);
  });

  test('ports that others hold are passed over', async () => {
    const port = await serve(honest);
    const setup = setupFor(port);
    const taken = net.createServer().listen(20_003, setup.sources[0]);
    await new Promise<void>((resolve) => taken.on('listening', resolve));
    closers.push(() => taken.close());
    const { ramp } = await connectAll(setup);
    expect(ramp.tally()).toMatchObject({ attempted: GOAL, established: GOAL, portsSkipped: 1 });
  });

  test('a stop ends the ramp with all that was under way settled', async () => {
    const setup = setupFor(await serve(honest));
    const ramp = createRamp(libc, setup, NO_LISTENER, new Int32Array(GOAL), createHistogram());
    ramp.step(performance.now() + 0.05);
    ramp.stop();
    await finish(ramp.step);
    const { attempted, established, timedOut, failures } = ramp.tally();
    expect(established + timedOut + failures.reduce((sum, f) => sum + f.count, 0)).toBe(attempted);
  });
});

describe('server', () => {
  test('takes its share, echoes, and leaves the rest in the queue', async () => {
    const listening = openListener(libc, '127.0.0.1', 0, 16);
    const wake = openListener(libc, '127.0.0.1', 0, 1);
    if (!listening.ok || !wake.ok) throw new Error('cannot listen');
    closers.push(() => {
      for (const fd of [listening.fd, wake.fd]) libc.close(fd);
    });
    const server = createServer(libc, listening.fd, wake.fd, 2);
    server.startAccepting();
    const clients = [1, 2, 3].map(() => net.connect(listening.port, '127.0.0.1'));
    for (const client of clients) client.on('error', () => undefined);
    closers.push(() => {
      for (const client of clients) client.destroy();
    });
    const answers: string[] = [];
    for (const [i, client] of clients.entries()) {
      client.on('data', (data) => answers.push(`${i}:${data.toString()}`));
      client.write(`hello ${i}`);
    }
    for (let turn = 0; turn < 200 && answers.length < 2; turn++) {
      server.step(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(answers.length).toBe(2);
    expect(answers.every((text) => /^(\d):hello \1$/.test(text))).toBe(true);
    expect({ taken: server.taken(), full: server.full(), accepting: server.accepting() }).toEqual({
      taken: 2,
      full: true,
      accepting: false,
    });
    expect(server.failures()).toEqual([]);
  });

  test('the wake descriptor ends a wait', () => {
    const listening = openListener(libc, '127.0.0.1', 0, 16);
    const wake = openListener(libc, '127.0.0.1', 0, 1);
    if (!listening.ok || !wake.ok) throw new Error('cannot listen');
    closers.push(() => {
      for (const fd of [listening.fd, wake.fd]) libc.close(fd);
    });
    const server = createServer(libc, listening.fd, wake.fd, 2);
    expect(server.step(0)).toBe(false);
    const client = net.connect(wake.port, '127.0.0.1');
    closers.push(() => client.destroy());
    return new Promise<void>((resolve) => client.on('connect', resolve)).then(() => {
      expect(server.step(1000)).toBe(true);
    });
  });
});

describe('the one address', () => {
  test.each(['127.0.0.1', '127.3.2.1', '::1'])('%s is this machine’s', (text) => {
    expect(() => requireLocal(libc, text)).not.toThrow();
  });

  test.each(['192.0.2.1', '8.8.8.8', '2001:db8::1', '::', '0.0.0.0', '255.255.255.255', 'ff02::1'])(
    '%s is not',
    (text) => {
      expect(() => requireLocal(libc, text)).toThrow(/--address/);
    },
  );

  test('a missing FFI binary is one line', async () => {
    const error = new Error('Cannot find the native Koffi module; did you bundle it?\nmore');
    // The loader keeps what it has once loaded, so the message is asked of a fresh copy of the module.
    const fresh = (await import(
      `../../src/soak/libc.ts?fresh=${Date.now()}`
    )) as typeof import('../../src/soak/libc.ts');
    await expect(fresh.loadLibc(() => Promise.reject(error))).rejects.toThrow(
      /^the soak needs the koffi library, which does not load on \S+: Cannot find the native Koffi module; did you bundle it\?$/,
    );
  });
});
