import { describe, expect, test } from '@jest/globals';
import { isEmptyPlan } from '../../src/model/plan.ts';
import { integer, portRange, tuple } from '../../src/model/value.ts';
import { formatPlan } from '../../src/plan/index.ts';
import { listener } from '../support/snapshot.ts';
import { file, OURS, SYSCTL, settingLines, writes } from './read-plan.ts';
import { type BootParts, c1m, planOf, profileWith, refusalsOf, STOCK } from './support.ts';

const KEEPALIVE = 'net.ipv4.tcp_keepalive_time';

describe('c1m on a stock Debian 13 host', () => {
  const plan = planOf({ profile: c1m(), facts: STOCK });

  test('nr_open comes first, and every vector is written whole', () => {
    expect(writes(plan)).toEqual([
      'fs.nr_open = 2097152',
      'net.core.somaxconn = 65535',
      'net.ipv4.tcp_mem = 750000 1000000 1500000',
      'net.ipv4.tcp_keepalive_time = 1800',
      'net.ipv4.tcp_max_tw_buckets = 250000',
    ]);
  });

  test('what is as wanted, and nothing is known to undo, is not repeated', () => {
    expect(settingLines(file(plan, 'sysctl.d'))).toEqual([
      'fs.nr_open = 2097152',
      'net.core.somaxconn = 65535',
      'net.ipv4.tcp_mem = 750000 1000000 1500000',
      'net.ipv4.tcp_keepalive_time = 1800',
      'net.ipv4.tcp_max_tw_buckets = 250000',
    ]);
  });

  test('with --pin it is, with the value the host has now', () => {
    const pinned = planOf({ profile: c1m(), facts: STOCK, options: { pin: true } });
    expect(settingLines(file(pinned, 'sysctl.d'))).toContain('fs.file-max = 9223372036854775807');
  });

  test('limits are for everybody and for root by name, soft and hard, in decimal', () => {
    expect(settingLines(file(plan, 'limits.d'))).toEqual([
      '* hard nofile 2097152',
      'root hard nofile 2097152',
      '* soft nofile 2097152',
      'root soft nofile 2097152',
    ]);
  });

  test('services keep a soft limit of 1024', () => {
    const lines = ['[Manager]', 'DefaultLimitNOFILE=1024:2097152'];
    expect(settingLines(file(plan, 'system.conf.d'))).toEqual(lines);
    expect(settingLines(file(plan, 'user.conf.d'))).toEqual(lines);
  });

  test('the kernel’s own default, which nobody chose, goes down where the profile wants less', () => {
    expect(plan.withheld).toEqual([]);
    expect(writes(plan)).toContain('net.ipv4.tcp_keepalive_time = 1800');
    expect(settingLines(file(plan, 'sysctl.d'))).toContain('net.ipv4.tcp_keepalive_time = 1800');
  });

  test.each<[string, string, BootParts]>([
    ['now', '7300', {}],
    [
      'in a file, although it is the default',
      '7200',
      { outcomes: { [KEEPALIVE]: { value: integer(7200n), winner: { file: '/etc/sysctl.conf', line: 3 } } } },
    ],
  ])('a recommended value that somebody chose %s is left alone, and that is said', (_, live, boot) => {
    const chosen = planOf({ profile: c1m(), facts: { ...STOCK, [KEEPALIVE]: live }, boot });
    expect(chosen.withheld.map(({ key, code }) => `${key} ${code}`)).toEqual([`${KEEPALIVE} lowering`]);
    expect(writes(chosen).join('\n')).not.toContain(KEEPALIVE);
    expect(file(chosen, 'sysctl.d')).not.toContain(KEEPALIVE);
  });

  test('a mode that is the kernel’s default is changed: tcp_tw_reuse from 2 to 1', () => {
    const mode = planOf({
      profile: profileWith({ 'net.ipv4.tcp_tw_reuse': 'exactly: 1' }),
      facts: { 'net.ipv4.tcp_tw_reuse': '2' },
    });
    expect(writes(mode)).toContain('net.ipv4.tcp_tw_reuse = 1');
  });

  test('with permission it is lowered to the nearest value that is as wanted', () => {
    const allowed = planOf({
      profile: c1m(),
      facts: { ...STOCK, [KEEPALIVE]: '7300' },
      options: { allowLowering: true },
    });
    expect(writes(allowed)).toContain('net.ipv4.tcp_keepalive_time = 1800');
  });

  test('what must happen besides is named', () => {
    const effects = planOf({
      profile: c1m(),
      facts: STOCK,
      listeners: [
        listener('0.0.0.0:443', 128),
        listener('[::]:80', 511),
        listener('0.0.0.0:53', null, 'udp'),
      ],
    }).effects;
    expect(effects).toContainEqual({
      key: 'net.core.somaxconn',
      effect: 're-listen',
      subjects: ['0.0.0.0:443', '[::]:80'],
    });
    expect(effects.map(({ key, effect }) => `${key} ${effect}`)).toContain('limit.nofile.hard new-session');
  });

  test('each line has its reason, above it and in the document', () => {
    const change = plan.files.find(({ path }) => path === SYSCTL);
    const lines = change?.after?.split('\n') ?? [];
    for (const { line, key, reason } of change?.lines ?? []) {
      expect(lines[line - 1]).toMatch(new RegExp(`^${key.replaceAll('.', '\\.')} = `));
      expect(lines[line - 2]).toMatch(/^# /);
      expect(reason.length).toBeGreaterThan(30);
    }
    expect(change?.lines).toHaveLength(5);
  });

  test('the same input gives the same bytes', () => {
    expect(formatPlan(planOf({ profile: c1m(), facts: STOCK }))).toBe(formatPlan(plan));
  });

  test('files end with a newline, are of mode 0644 and say who wrote them', () => {
    for (const { after, mode } of plan.files) {
      expect(mode).toBe(0o644);
      expect(after).toMatch(/^# Managed by tune: .*c1m/);
      expect(after).toMatch(/[^\n]\n$/);
    }
  });
});

describe('only what is needed', () => {
  const profile = profileWith({ 'net.core.somaxconn': 'atLeast: 8192' });

  test('a compliant host gives an empty plan', () => {
    const plan = planOf({
      profile,
      facts: { 'net.core.somaxconn': '16384' },
      boot: { outcomes: { 'net.core.somaxconn': { value: integer(16384) } } },
    });
    expect(isEmptyPlan(plan)).toBe(true);
    expect(plan.basis).toEqual([]);
  });

  test('with --pin it is written down all the same, with the value that is there', () => {
    const plan = planOf({
      profile,
      facts: { 'net.core.somaxconn': '16384' },
      boot: { outcomes: { 'net.core.somaxconn': { value: integer(20000) } } },
      options: { pin: true },
    });
    expect(settingLines(file(plan, 'sysctl.d'))).toEqual(['net.core.somaxconn = 20000']);
    expect(plan.writes).toEqual([]);
  });

  test('met now but lost at boot: a file and no write', () => {
    const plan = planOf({
      profile,
      facts: { 'net.core.somaxconn': '16384' },
      boot: { outcomes: { 'net.core.somaxconn': { value: integer(4096) } } },
    });
    expect(writes(plan)).toEqual([]);
    expect(settingLines(file(plan, 'sysctl.d'))).toEqual(['net.core.somaxconn = 8192']);
  });

  test('a line never takes away from the boot what another file grants', () => {
    const mem = profileWith({
      'net.ipv4.tcp_mem':
        'fields: { min: { atLeast: 10 }, pressure: { atLeast: 200 }, max: { atLeast: 300 } }',
    });
    const plan = planOf({
      profile: mem,
      facts: { 'net.ipv4.tcp_mem': '1 2 3' },
      boot: { outcomes: { 'net.ipv4.tcp_mem': { value: tuple(5000, 6, 7) } } },
    });
    expect(writes(plan)).toEqual(['net.ipv4.tcp_mem = 10 200 300']);
    expect(settingLines(file(plan, 'sysctl.d'))).toEqual(['net.ipv4.tcp_mem = 5000 200 300']);
  });

  test('a line of ours that does its work stays, so a second plan is empty', () => {
    const parts = { profile, facts: { 'net.core.somaxconn': '8192' } };
    const first = planOf(parts);
    const text = file(first, 'sysctl.d') ?? '';
    const second = planOf({
      ...parts,
      existing: { [SYSCTL]: text },
      boot: {
        outcomes: { 'net.core.somaxconn': { value: integer(8192), winner: { file: SYSCTL, line: 4 } } },
      },
    });
    expect(isEmptyPlan(second)).toBe(true);
  });

  test('a file of ours that is not needed any more is removed', () => {
    const plan = planOf({
      profile,
      facts: { 'net.core.somaxconn': '8192' },
      existing: { '/etc/security/limits.d/zz-tune.conf': `${OURS}* hard nofile 5\n` },
      boot: { outcomes: { 'net.core.somaxconn': { value: integer(8192) } } },
    });
    expect(plan.files.map(({ path, after }) => [path, after])).toEqual([
      ['/etc/security/limits.d/zz-tune.conf', null],
    ]);
    expect(plan.files[0]?.diff).toContain('+++ /dev/null');
  });

  test('a file of somebody else at our name is refused', () => {
    const refusals = refusalsOf({
      profile,
      facts: { 'net.core.somaxconn': '128' },
      existing: { [SYSCTL]: 'vm.swappiness = 1\n' },
    });
    expect(refusals.map(({ code, subject }) => [code, subject])).toEqual([['not-ours', SYSCTL]]);
  });
});

test('a port range is never narrowed', () => {
  const plan = planOf({
    profile: profileWith({ 'net.ipv4.ip_local_port_range': 'superset: 32768-60999' }),
    facts: { 'net.ipv4.ip_local_port_range': '40000 65535', 'net.ipv4.ip_local_reserved_ports': '' },
    boot: { outcomes: { 'net.ipv4.ip_local_port_range': { value: portRange(40000, 65535) } } },
  });
  expect(writes(plan)).toEqual(['net.ipv4.ip_local_port_range = 32768 65535']);
});
