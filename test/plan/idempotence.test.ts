/** A plan made after its own apply is empty: a line of ours that does its work is not taken for one that is not needed. */
import { expect, test } from '@jest/globals';
import { isEmptyPlan } from '../../src/model/plan.ts';
import { portRange, type Value } from '../../src/model/value.ts';
import { listener } from '../support/snapshot.ts';
import { c1m, planOf, profileWith, STOCK } from './support.ts';

/** The files that a plan writes, as they lie there afterwards. */
const filesOf = (plan: ReturnType<typeof planOf>) =>
  Object.fromEntries(plan.files.map(({ path, after }) => [path, after ?? '']));
const SYSCTL = '/etc/sysctl.d/zz-tune.conf';
const ours = (value: Value) => ({ value, winner: { file: SYSCTL, line: 5 } });

test.each(['systemd.DefaultLimitNOFILE', 'limit.nproc.hard', 'net.core.somaxconn'])(
  '%s, of whose next boot nothing is known: its line stays',
  (key) => {
    const profile = profileWith({ [key]: 'atLeast: 600000' });
    const first = planOf({ profile, facts: { [key]: '1024' } });
    expect(first.files).not.toHaveLength(0);
    const second = planOf({ profile, facts: { [key]: '600000' }, existing: filesOf(first) });
    expect(isEmptyPlan(second)).toBe(true);
  },
);

test('the limit of services stays although the profile is met by it', () => {
  const first = planOf({ profile: c1m(), facts: STOCK });
  const applied = { ...STOCK, 'systemd.DefaultLimitNOFILE': '2097152' };
  const second = planOf({ profile: c1m(), facts: applied, existing: filesOf(first) });
  expect(second.files.filter(({ path }) => path.includes('/systemd/'))).toEqual([]);
});

test('ports reserved for listeners stay reserved', () => {
  const profile = profileWith({ 'net.ipv4.ip_local_port_range': 'superset: 20000-60999' });
  const listeners = [listener('0.0.0.0:25000', 128)];
  const before = { 'net.ipv4.ip_local_port_range': '32768 60999', 'net.ipv4.ip_local_reserved_ports': '' };
  const first = planOf({ profile, facts: before, listeners });
  expect(filesOf(first)[SYSCTL]).toContain('net.ipv4.ip_local_reserved_ports = 25000');
  const second = planOf({
    profile,
    facts: {
      'net.ipv4.ip_local_port_range': '20000 60999',
      'net.ipv4.ip_local_reserved_ports': '25000',
    },
    listeners,
    existing: filesOf(first),
    boot: {
      outcomes: {
        'net.ipv4.ip_local_port_range': ours(portRange(20000, 60999)),
        'net.ipv4.ip_local_reserved_ports': ours({ kind: 'portSet', spans: [[25000, 25000]] }),
      },
    },
  });
  expect(second.files.map(({ diff }) => diff)).toEqual([]);
});
