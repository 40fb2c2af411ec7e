/** What stops a soak before its first socket: one line, and the host as it was. And what must work: IPv6, a second run. */
import net from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { removeDriver, report, run, whyNoNamespace } from './harness.ts';

const TIMEOUT_MS = 60_000;
const blocked = whyNoNamespace();
if (blocked !== null) process.stderr.write(`not run: ${blocked}\n`);
const withNamespace = blocked === null ? describe : describe.skip;

afterAll(removeDriver);

describe('refusals', () => {
  test.each([
    [{ goal: 10, address: '192.0.2.1' }, /192\.0\.2\.1 is not an address of this machine/],
    [{ goal: 10, address: '0.0.0.0' }, /not the address of a single host/],
    [{ goal: 10, address: '224.0.0.1' }, /not the address of a single host/],
    [{ goal: 40_000, maxSources: 1 }, /1 source address × \d+ ports = \d+ connections .* not 40000/],
    [{ goal: 90_000_000, mode: 'spread' as const }, /not enough memory: 90000000 connections × \d+ B/],
  ])('%j', async (request, message) => {
    const outcome = await run({ request });
    expect(outcome.report).toBeNull();
    expect(outcome.status).toBe(2);
    expect(outcome.stderr.trim().split('\n').length).toBe(1);
    expect(outcome.stderr).toMatch(message);
  });

  test('a port on which somebody listens', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const outcome = await run({ request: { goal: 10, port } });
      expect(outcome.status).toBe(2);
      expect(outcome.stderr).toContain(`127.0.0.1 port ${port} is busy: another program listens there`);
    } finally {
      other.close();
    }
  });

  test('a port that an outgoing connection took: the key that would have kept it is named', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const client = net.connect(
      typeof address === 'object' && address !== null ? address.port : 0,
      '127.0.0.1',
    );
    await new Promise<void>((resolve) => client.on('connect', resolve));
    try {
      const outcome = await run({ request: { goal: 10, port: client.localPort ?? 0 } });
      expect(outcome.status).toBe(2);
      expect(outcome.stderr).toMatch(
        /taken by an outgoing connection, because it lies in net\.ipv4\.ip_local_port_range .*: add \d+ to net\.ipv4\.ip_local_reserved_ports/,
      );
    } finally {
      client.destroy();
      other.close();
    }
  });
});

withNamespace('what must work', () => {
  test(
    'IPv6 from many addresses in a namespace',
    async () => {
      const { verdict, held, plan, agreement } = await report({
        request: { goal: 3000, family: 6, namespace: true, mode: 'spread' },
        sysctls: { 'net.ipv4.ip_local_port_range': '40000 40999' },
      });
      expect(verdict).toEqual({ state: 'passed' });
      expect(held).toBe(3000);
      expect(plan.sources).toEqual({ first: 'fd00:74:756e:65::1', last: 'fd00:74:756e:65::4', count: 4 });
      expect(agreement.agrees).toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    'ports that are reserved or listening are not touched',
    async () => {
      const { verdict, plan, connects } = await report({
        request: { goal: 500, namespace: true, port: 40_050 },
        sysctls: {
          'net.ipv4.ip_local_port_range': '40000 40099',
          'net.ipv4.ip_local_reserved_ports': '40010-40019',
        },
      });
      expect(verdict).toEqual({ state: 'passed' });
      expect(plan).toMatchObject({ portsReserved: 10, portsPerSource: 90 });
      expect(plan.sources.count).toBe(6);
      expect(connects.portsSkipped).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'the counts of the fullest client address add up',
    async () => {
      const { perAddress, plan } = await report({
        request: { goal: 450, namespace: true, seed: 5 },
        sysctls: { 'net.ipv4.ip_local_port_range': '40000 40099' },
      });
      expect(plan.sources.first).toBe('127.1.0.6');
      expect(perAddress.connections).toBe(100);
    },
    TIMEOUT_MS,
  );
});

describe('on the host itself', () => {
  test(
    'two runs in a row on the same addresses, with nothing left between them',
    async () => {
      for (let round = 0; round < 2; round++) {
        const { verdict, connects, leftover } = await report({
          request: { goal: 2000, mode: 'spread', seed: 77 },
        });
        expect(verdict).toEqual({ state: 'passed' });
        expect(connects.portsSkipped).toBe(0);
        expect(leftover.timeWait).toBeLessThan(100);
      }
    },
    TIMEOUT_MS,
  );

  test(
    'a hold is swept again and again',
    async () => {
      const { verdict, sweeps, heldMs, proven } = await report({
        request: { goal: 500, mode: 'strict', holdMs: 1000, sweepEveryMs: 300, seed: 78 },
      });
      expect(verdict).toEqual({ state: 'passed' });
      expect(sweeps.length).toBeGreaterThanOrEqual(4);
      expect(sweeps.map((s) => s.answered)).toEqual(sweeps.map(() => 500));
      expect(heldMs).toBeGreaterThanOrEqual(1000);
      expect(proven.map((claim) => claim.code)).toContain('held-for-duration');
    },
    TIMEOUT_MS,
  );
});
