import type { RuleFinding, Severity, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { integerOf, notInKernel, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'harmful-switches';

interface Switch {
  readonly key: string;
  readonly bad: (n: bigint) => boolean;
  readonly severity: Severity;
  readonly consequence: string;
  readonly good: (n: bigint) => bigint;
}

const on = () => 1n;
const off = () => 0n;
const FASTOPEN_WITHOUT_COOKIE = 0x200n;

const SWITCHES: readonly Switch[] = [
  {
    key: 'net.ipv4.tcp_timestamps',
    bad: (n) => n === 0n,
    severity: 'warning',
    consequence:
      'no protection against old duplicates, no reuse of TIME_WAIT ports, and SYN cookies lose window scaling and SACK, all to save 12 bytes a packet',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_timestamps',
    bad: (n) => n === 2n,
    severity: 'info',
    consequence: 'timestamps start without a random offset and tell the uptime of this host to everyone',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_syncookies',
    bad: (n) => n === 0n,
    severity: 'warning',
    consequence:
      'a full SYN queue drops clients silently, and a small flood of forged SYNs is enough to fill it',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_syncookies',
    bad: (n) => n === 2n,
    severity: 'warning',
    consequence:
      'every connection is made from a cookie, which is a test mode: options are lost for clients without timestamps',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_abort_on_overflow',
    bad: (n) => n !== 0n,
    severity: 'warning',
    consequence:
      'a short burst that fills an accept queue resets clients that would have got in a moment later',
    good: off,
  },
  {
    key: 'net.ipv4.tcp_window_scaling',
    bad: (n) => n === 0n,
    severity: 'warning',
    consequence: 'no window grows beyond 64 KiB',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_sack',
    bad: (n) => n === 0n,
    severity: 'warning',
    consequence: 'one lost packet makes the sender repeat what had arrived',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_moderate_rcvbuf',
    bad: (n) => n === 0n,
    severity: 'warning',
    consequence: 'every receive buffer stays at the default of tcp_rmem, whatever its connection needs',
    good: on,
  },
  {
    key: 'net.ipv4.tcp_fastopen',
    bad: (n) => n > 0n && (n & FASTOPEN_WITHOUT_COOKIE) !== 0n,
    severity: 'warning',
    consequence: 'data in a SYN is taken without a cookie, so forged addresses can make the server work',
    good: (n) => n & ~FASTOPEN_WITHOUT_COOKIE,
  },
];

/** Switches that many "tuning" guides turn and that only cost connections. */
export const rule: Rule = {
  code: CODE,
  interlocks: [],
  title: 'No protection of TCP is switched off',
  requires: [],
  sources: ['Documentation/networking/ip-sysctl.rst (6.12)', 'tcp(7)'],
  check: ({ snapshot }) => {
    const keys = [...new Set(SWITCHES.map(({ key }) => key))].filter((key) => !notInKernel(snapshot, key));
    return keys.flatMap((key): readonly (RuleFinding | Unchecked)[] => {
      const n = integerOf(snapshot, key);
      if (n === null) return unchecked(CODE, snapshot, [key]);
      return SWITCHES.filter((s) => s.key === key && s.bad(n)).map((s) => ({
        code: CODE,
        severity: s.severity,
        subject: key,
        what: `${key} is ${n}: ${s.consequence}.`,
        remedy: setSysctl({ key, value: `${s.good(n)}` }),
      }));
    });
  },
};
