import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_sack',
  title: 'Whether a receiver may say which segments it has beyond a gap',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['2 to 255, which act like 1.'],
  defaults: [{ value: '1', how: 'On.' }],
  relation: 'exactly',
  effect: 'new-sockets',
  why: 'After a loss, selective acknowledgements let the sender repeat only what is missing. Mobile clients lose packets all the time; without it each loss costs round trips and repeats data that had arrived.',
  cost: 'Up to 36 bytes of options in an acknowledgement while there is a gap, none otherwise.',
  danger:
    '0 turns each loss into a long stall. It was switched off as first aid for the SACK panic of 2019 (CVE-2019-11477), which kernels have fixed since; the setting often stayed behind.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_timestamps',
      why: 'Both are negotiated in the SYN, and a SYN cookie keeps them only in the timestamp.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_sack' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
    { kind: 'unverified', ref: 'The history of CVE-2019-11477 and its workaround.' },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1) }, live: '1', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1) }, live: '0', verdict: 'unmet' },
  ],
};
