import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { bytes, group } from './support/format.ts';
import { integerOf, notInKernel, quantityOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'closing-socket-limits';
const TIME_WAIT = 'net.ipv4.tcp_max_tw_buckets';
const ORPHANS = 'net.ipv4.tcp_max_orphans';
const HASH = 'net.ipv4.tcp_ehash_entries';
/** The kernel document's figure for what one orphan may hold, unswappable. */
const ORPHAN_BYTES = 65_536n;

/** Both limits start at half the connection hash; "must not be lowered" says the kernel's document of each. */
export const rule: Rule = {
  code: CODE,
  interlocks: [],
  title: "The limits on closing sockets are not below the kernel's own, nor beyond RAM",
  requires: [],
  sources: [
    'Documentation/networking/ip-sysctl.rst (6.12), tcp_max_tw_buckets, tcp_max_orphans',
    'net/ipv4/tcp.c tcp_init (6.12)',
  ],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const hash = integerOf(snapshot, HASH);
    const usual = hash === null ? null : (hash < 0n ? -hash : hash) / 2n;
    const unsized: readonly Unchecked[] =
      usual !== null
        ? []
        : [{ code: CODE, why: "the kernel's own limits follow from tcp_ehash_entries, which was not read" }];
    return [...unsized, ...timeWait(snapshot, usual), ...orphans(snapshot, usual)];
  },
};

function timeWait(snapshot: Snapshot, usual: bigint | null): readonly (RuleFinding | Unchecked)[] {
  const live = quantityOf(snapshot, TIME_WAIT);
  if (live === null) return unchecked(CODE, snapshot, [TIME_WAIT]);
  // Negative is no limit: the kernel compares without sign.
  if (usual === null || live === 'unlimited' || live < 0n || live >= usual) return [];
  return [
    {
      code: CODE,
      severity: 'warning',
      subject: TIME_WAIT,
      what: `${TIME_WAIT} is ${group(live)}, below the ${group(usual)} that this kernel started with (half of tcp_ehash_entries): connections beyond it skip TIME_WAIT, and late packets of one meet the next on the same ports.`,
      remedy: setSysctl({ key: TIME_WAIT, value: `${usual}` }),
    },
  ];
}

function orphans(snapshot: Snapshot, usual: bigint | null): readonly (RuleFinding | Unchecked)[] {
  if (notInKernel(snapshot, ORPHANS)) return [];
  const live = integerOf(snapshot, ORPHANS);
  if (live === null) return unchecked(CODE, snapshot, [ORPHANS]);
  const ram = snapshot.machine.memory.total;
  if (usual !== null && live < usual) {
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: ORPHANS,
        what: `${ORPHANS} is ${group(live)}, below the ${group(usual)} that this kernel started with (half of tcp_ehash_entries): closing connections beyond it are reset, some already at a quarter of it.`,
        remedy: setSysctl({ key: ORPHANS, value: `${usual}` }),
      },
    ];
  }
  if (ram <= 0n || live * ORPHAN_BYTES <= ram) return [];
  const fitting = ram / 4n / ORPHAN_BYTES;
  const wanted = usual !== null && usual > fitting ? usual : fitting;
  if (wanted >= live) return [];
  return [
    {
      code: CODE,
      severity: 'warning',
      subject: ORPHANS,
      what: `${ORPHANS} is ${group(live)}, and an orphan may hold 64 KiB that cannot be swapped: ${group(live)} × 64 KiB = ${bytes(live * ORPHAN_BYTES)}, more than the ${bytes(ram)} of RAM.`,
      remedy: setSysctl({ key: ORPHANS, value: `${wanted}` }),
    },
  ];
}
