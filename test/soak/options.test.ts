import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/error.ts';
import { soakOptions } from '../../src/soak/options.ts';

describe('options', () => {
  test('a goal is enough', () => {
    expect(soakOptions({ goal: 500_000 })).toMatchObject({
      goal: 500_000,
      mode: 'strict',
      namespace: false,
      family: 4,
      address: '127.0.0.1',
      port: 0,
      workload: 'idle',
      messageBytes: 4096,
      force: false,
    });
    expect(soakOptions({ goal: 1, family: 6 })).toMatchObject({ family: 6, address: '::1' });
    expect(soakOptions({ goal: 1, address: '::1' }).family).toBe(6);
  });

  test.each([0, -1, 1.5, 1e12, Number.NaN, Number.POSITIVE_INFINITY])(
    '%p is no number of connections',
    (goal) => {
      expect(() => soakOptions({ goal })).toThrow(InputError);
      expect(() => soakOptions({ goal })).toThrow(
        /^--connections: must be a whole number from 1 to 100000000/,
      );
    },
  );

  test.each([
    [{ address: 'localhost' }, '--address'],
    [{ address: '127.0.0.1', family: 6 as const }, '--address'],
    [{ port: 65_536 }, '--port'],
    [{ window: 0 }, '--window'],
    [{ holdMs: -1 }, '--hold'],
    [{ sweepEveryMs: 0 }, '--sweep-every'],
    [{ maxSources: 0 }, '--sources'],
    [{ parallel: 0.5 }, '--parallel'],
    [{ messageBytes: 0 }, '--message-bytes'],
    [{ messageBytes: 2 ** 20 + 1 }, '--message-bytes'],
    [{ workload: 'storm' as 'burst' }, '--workload: must be one of idle, broadcast,'],
  ])('%j is refused', (parts, where) => {
    expect(() => soakOptions({ goal: 1, ...parts })).toThrow(where);
  });
});
