import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { larger } from './support/bigint.ts';
import { group } from './support/format.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'conntrack-timeout-below-keepalive';
const TIMEOUT = 'net.netfilter.nf_conntrack_tcp_timeout_established';
const TIME = 'net.ipv4.tcp_keepalive_time';
const INTERVAL = 'net.ipv4.tcp_keepalive_intvl';
const PROBES = 'net.ipv4.tcp_keepalive_probes';
const DEFAULT_TIMEOUT = 432_000n;
const KEYS = [TIMEOUT, TIME, INTERVAL, PROBES] as const;

/** An entry that expires under a live connection turns its next packet INVALID, and behind NAT the connection is lost. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I14'],
  title: 'Conntrack remembers idle connections longer than keepalive is silent',
  requires: [],
  sources: ['Documentation/networking/nf_conntrack-sysctl.rst (6.12)', 'tcp(7), tcp_keepalive_time'],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const { conntrack } = snapshot.machine;
    if (conntrack === 'absent' || conntrack === 'idle') return [];
    if (conntrack === 'unknown') {
      return [{ code: CODE, why: 'whether connection tracking is in use here could not be found out' }];
    }
    const [timeout, time, interval, probes] = KEYS.map((key) => integerOf(snapshot, key));
    if (timeout == null || time == null || interval == null || probes == null)
      return unchecked(CODE, snapshot, KEYS);
    const cycle = time + interval * probes;
    if (timeout >= 2n * cycle) return [];
    return [
      {
        code: CODE,
        severity: timeout <= time ? 'error' : 'warning',
        subject: TIMEOUT,
        what: `Conntrack forgets an established connection after ${group(timeout)} s of silence, and keepalive needs ${group(time)} + ${group(interval)} × ${group(probes)} = ${group(cycle)} s to test one${timeout <= time ? ': every idle connection is forgotten before its first probe' : ', so less than twice the cycle is too close'}.`,
        // Beyond the kernel's own five days it is the keepalive that is out of proportion, not the timeout.
        remedy:
          2n * cycle > DEFAULT_TIMEOUT
            ? setSysctl({ key: TIME, value: '300' }, { key: TIMEOUT, value: `${DEFAULT_TIMEOUT}` })
            : setSysctl({ key: TIMEOUT, value: `${larger(2n * cycle, 7_200n)}` }),
      },
    ];
  },
};
