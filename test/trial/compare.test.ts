import { describe, expect, test } from '@jest/globals';
import { compareSoaks } from '../../src/trial/compare.ts';
import { soak } from '../evidence/reports.ts';

const rows = (...pair: Parameters<typeof compareSoaks>) =>
  Object.fromEntries(compareSoaks(...pair).map(({ figure, ...rest }) => [figure, rest]));

describe('two trials side by side', () => {
  test('what the workload did is told, and what it was not is left out', () => {
    const table = rows(
      soak({ work: { connectsPerSecond: 45_000, timeWaitReused: 7000 } }),
      soak({ work: { connectsPerSecond: 900, timeWaitReused: 0 } }),
    );
    expect(table['reconnect, connects']).toEqual({ unit: '/s', values: [45_000, 900], percent: -98 });
    expect(table['TIME_WAIT ports reused']).toEqual({ unit: '', values: [7000, 0], percent: -100 });
    expect(
      Object.keys(table).filter((name) => /^(?:burst|gateway|broadcast)|slow reader/.test(name)),
    ).toEqual([]);
  });

  test('an idle soak beside a working one: only one has the figure', () => {
    const idle = { ...soak(), workload: null };
    expect(rows(idle, soak())['reconnect, connects']).toEqual({
      unit: '/s',
      values: [null, 45_000],
      percent: null,
    });
    expect(Object.keys(rows(idle, idle))).not.toContain('reconnect, connects');
  });

  test('of the counters those that speak of trouble, where they differ', () => {
    const calm = soak({ counters: { 'TcpExt.ListenDrops': 3, 'Tcp.PassiveOpens': 5 } });
    const tight = soak({
      counters: { 'TcpExt.ListenDrops': 12, 'TcpExt.TCPRcvQDrop': 4, 'Tcp.PassiveOpens': 9 },
    });
    const table = rows(calm, tight);
    expect(table['TcpExt.ListenDrops']).toEqual({ unit: '', values: [3, 12], percent: 300 });
    expect(table['TcpExt.TCPRcvQDrop']).toEqual({ unit: '', values: [0, 4], percent: null });
    expect(table).not.toHaveProperty(['Tcp.PassiveOpens']);
    expect(rows(calm, calm)).not.toHaveProperty(['TcpExt.ListenDrops']);
  });
});
