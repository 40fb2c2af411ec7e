import { describe, expect, test } from '@jest/globals';
import { integer } from '../../src/model/value.ts';
import { makePlan, NO_BOOT_VIEW, staleFacts } from '../../src/plan/index.ts';
import { OURS, SYSCTL } from './read-plan.ts';
import { c1m, inputOf, planOf, profileWith, refusalsOf, STOCK } from './support.ts';

describe('refused before anything is written', () => {
  const profile = profileWith({ 'net.core.somaxconn': 'atLeast: 8192 !' });
  const facts = { 'net.core.somaxconn': '128' };
  const codes = (parts: Omit<Parameters<typeof refusalsOf>[0], 'profile'>) =>
    refusalsOf({ profile, facts, ...parts }).map(({ code }) => code);

  test.each([
    ['not root', { machine: { uid: 1000 } }, 'not-root'],
    ['a read-only /proc/sys', { machine: { procSysWritable: 'no' as const } }, 'read-only'],
    ['a container', { machine: { sandbox: 'docker' as const } }, 'container'],
    [
      'an unknown service',
      { options: { service: 'nginx' }, boot: { units: ['sshd.service'] } },
      'unknown-service',
    ],
    ['a service without systemd', { options: { service: 'x' }, machine: { init: 'runit' } }, 'no-systemd'],
    ['a service that is a path', { options: { service: '../evil' } }, 'unknown-service'],
    [
      'a value that cannot be read',
      { facts: { 'net.core.somaxconn': { state: 'denied', errno: 'EIO' } as const } },
      'unreadable',
    ],
    [
      'a required key that this kernel lacks',
      { facts: { 'net.core.somaxconn': { state: 'absent', reason: 'not-in-this-kernel' } as const } },
      'required-absent',
    ],
  ])('%s', (_, parts, code) => {
    expect(codes(parts)).toContain(code);
  });

  test('a required value that would go down', () => {
    const lower = profileWith({ 'net.ipv4.tcp_retries2': 'atMost: 8 !' });
    expect(refusalsOf({ profile: lower, facts: { 'net.ipv4.tcp_retries2': '16' } })[0]).toMatchObject({
      code: 'lowering',
      what: 'net.ipv4.tcp_retries2 would go down from 16 to 8.',
    });
  });

  test('a machine that cannot hold the goal, with the arithmetic', () => {
    const refusals = refusalsOf({
      profile: c1m(),
      facts: STOCK,
      machine: { memory: { total: 2n << 30n, available: 1n << 30n } },
    });
    const found = refusals.find(({ code }) => code === 'machine-too-small');
    expect(found?.what).toMatch(/1,000,000 × 4,100 B/);
  });

  test('an image or a look at the fragments asks nothing of this machine', () => {
    const input = inputOf({
      profile: c1m(),
      machine: { uid: 1000, sandbox: 'docker', memory: { total: 1n << 30n, available: 0n } },
      options: { target: 'files', pin: true },
    });
    const result = makePlan({ ...input, boot: NO_BOOT_VIEW });
    expect(result).toMatchObject({ kind: 'plan', plan: { writes: [], actions: [], target: 'files' } });
  });
});

describe('a stale plan', () => {
  const profile = profileWith({ 'net.core.somaxconn': 'atLeast: 8192' });
  const base = { profile, facts: { 'net.core.somaxconn': '128' }, machine: { bootId: 'one' } };

  test('is not stale as long as nothing moved', () => {
    expect(staleFacts(planOf(base), inputOf(base))).toEqual([]);
  });

  test.each([
    ['a live value', { facts: { 'net.core.somaxconn': '256' } }, 'live:net.core.somaxconn'],
    ['another boot, or another machine', { machine: { bootId: 'two' } }, 'machine:boot-id'],
    ['our file', { existing: { [SYSCTL]: OURS } }, `file:${SYSCTL}`],
    [
      'who wins at boot',
      { boot: { outcomes: { 'net.core.somaxconn': { value: integer(1) } } } },
      'boot:net.core.somaxconn',
    ],
  ])('%s moved', (_, change, id) => {
    const moved = staleFacts(planOf(base), inputOf({ ...base, ...change }));
    expect(moved.map((fact) => fact.id)).toEqual([id]);
  });
});
