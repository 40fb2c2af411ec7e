import { describe, expect, test } from '@jest/globals';
import { memoryHost } from '../../src/host/memory.ts';
import { readMachineLimits, readNetLimits } from '../../src/soak/limits.ts';
import { eta, tightest, type Usage } from '../../src/soak/progress.ts';

const hostOf = (capEff: string) =>
  memoryHost({
    files: {
      '/proc/self/limits':
        'Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 20000                files     \n',
      '/proc/self/status': `Name:\tnode\nCapEff:\t${capEff}\n`,
      '/proc/sys/fs/file-max': '1000\n',
      '/proc/sys/net/ipv4/tcp_mem': '100 200 1000\n',
    },
  });
const USAGE: Usage = {
  ...{ fullest: 100, openFiles: 1500, tcpPages: 10, conntrack: null, accepted: 100 },
  ...{ memoryFree: 90, memoryFreeAtStart: 100, memoryFloor: 20 },
};
const at = (usage: Partial<Usage>, capEff = '0000000000000000') => {
  const host = hostOf(capEff);
  return tightest({ ...USAGE, ...usage }, readMachineLimits(host), readNetLimits(host));
};

describe('the tightest resource', () => {
  test('is the one nearest to its limit', () => {
    expect(at({ openFiles: 300 })).toEqual({ key: 'fs.file-max', used: 300, max: 1000 });
    expect(at({ openFiles: 10, tcpPages: 900 })).toEqual({ key: 'net.ipv4.tcp_mem', used: 900, max: 1000 });
    expect(at({ openFiles: 10, memoryFree: 30 })).toEqual({ key: 'memory', used: 70, max: 80 });
  });

  test('is not fs.file-max for who has CAP_SYS_ADMIN: it holds root back nowhere', () => {
    expect(at({}, '000001fffeffffff')?.key).toBe('memory');
    expect(at({}, '00000000001fffff')?.key).toBe('fs.file-max');
  });
});

test('the time left needs a rate', () => {
  expect([eta(10, 110, 20), eta(110, 110, 20), eta(120, 110, 20), eta(10, 110, 0)]).toEqual([5, 0, 0, null]);
});
