import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'vm.overcommit_memory',
  title: 'How much memory programs may reserve beyond what there is: 0 guess, 1 always, 2 never',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 2n },
  silentlyAccepts: [
    '2 on a running host whose programs have already reserved more than the new limit: every reservation from then on fails.',
  ],
  defaults: [{ value: '0', how: 'The kernel.' }],
  relation: 'oneOf',
  effect: 'now',
  why: 'Runtimes such as V8, Go and the JVM reserve far more address space than they use. Modes 0 and 1 let them; mode 2 counts every reservation against swap plus half of the memory.',
  cost: 'None for 0 and 1. With 1 an impossible request succeeds and the OOM killer decides later.',
  danger:
    'With 2, fork and mmap fail with ENOMEM on a machine with plenty of free memory. Socket buffers are memory of the kernel and are not counted in any mode: 2 does not protect against a million connections.',
  interlocks: [
    {
      key: 'vm.max_map_count',
      why: 'Both end in ENOMEM from mmap; the one is about bytes, the other about the number of mappings.',
    },
  ],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/admin-guide/sysctl/vm.rst (6.12.117), overcommit_memory and overcommit_ratio',
    },
    {
      kind: 'source',
      ref: 'mm/util.c overcommit_policy_handler, vm_commit_limit, __vm_enough_memory (6.12.117)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
    {
      kind: 'unverified',
      ref: 'That socket memory is counted in no mode: its allocation does not pass __vm_enough_memory, but nobody measured Committed_AS under load.',
    },
  ],
  examples: [
    { wanted: { kind: 'oneOf', values: [integer(0), integer(1)] }, live: '0', verdict: 'met' },
    { wanted: { kind: 'oneOf', values: [integer(0), integer(1)] }, live: '2', verdict: 'unmet' },
  ],
};
