import { expect, test } from '@jest/globals';
import { globMatches } from '../../../src/rules/support/glob.ts';

test.each([
  ['net/ipv4/conf/*/rp_filter', 'net/ipv4/conf/all/rp_filter', true],
  ['net/ipv4/conf/*/rp_filter', 'net/ipv4/conf/eth0.100/rp_filter', true],
  ['net/ipv4/conf/*/rp_filter', 'net/ipv4/conf/a/b/rp_filter', false],
  ['net/ipv4/tcp_*mem', 'net/ipv4/tcp_rmem', true],
  ['net/ipv4/tcp_?mem', 'net/ipv4/tcp_mem', false],
  ['net/ipv4/tcp_[rw]mem', 'net/ipv4/tcp_wmem', true],
  ['net/ipv4/tcp_[!rw]mem', 'net/ipv4/tcp_wmem', false],
  ['net/ipv4/tcp_[q-s]mem', 'net/ipv4/tcp_rmem', true],
  ['net/ipv4/conf/eth0.100/x', 'net/ipv4/conf/eth0-100/x', false],
  ['net[a-/]ipv4', 'net/ipv4', false],
  ['net/[z-a]', 'net/b', false],
  ['net/(x)+', 'net/(x)+', true],
])('%s against %s: %s', (pattern, path, matches) => {
  expect(globMatches(pattern, path)).toBe(matches);
});
