import { expect, test } from '@jest/globals';
import { setSysctl, setSysctlClause, sysctlCommand } from '../../../src/rules/support/remedy.ts';

test('one key', () => {
  expect(setSysctl({ key: 'fs.nr_open', value: '64' })).toBe(
    'Run `sysctl -w fs.nr_open=64` now, and write `fs.nr_open = 64` to /etc/sysctl.d/zz-tune.conf for the next boot.',
  );
});

test('several keys, inside a sentence', () => {
  const assigns = ['a', 'b', 'c'].map((key) => ({ key, value: '1' }));
  expect(setSysctlClause(...assigns)).toBe(
    'run `sysctl -w a=1`, `sysctl -w b=1` and `sysctl -w c=1` now, and write `a = 1`, `b = 1` and `c = 1` to /etc/sysctl.d/zz-tune.conf for the next boot.',
  );
});

test('quotes what a shell would split', () => {
  expect(sysctlCommand('net.ipv4.tcp_mem', '1 2 3')).toBe('sysctl -w net.ipv4.tcp_mem="1 2 3"');
  expect(sysctlCommand('net.ipv4.ip_local_reserved_ports', '80,90-99')).toBe(
    'sysctl -w net.ipv4.ip_local_reserved_ports=80,90-99',
  );
  expect(sysctlCommand('net.ipv4.ip_local_reserved_ports', '')).toBe(
    'sysctl -w net.ipv4.ip_local_reserved_ports=""',
  );
});
