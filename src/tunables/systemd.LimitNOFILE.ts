import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'systemd.LimitNOFILE',
  title: 'Hard nofile limit that the unit file of a service sets',
  shape: { kind: 'limit' },
  unit: 'files',
  scope: 'service',
  reach: 'service',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483584n },
  silentlyAccepts: [
    'infinity, which ends as fs.nr_open: 1073741816 on many hosts.',
    'Hexadecimal and octal numbers. Suffixes such as 1M are refused for this limit, and the line is then ignored with a warning.',
  ],
  defaults: [{ value: null, how: 'DefaultLimitNOFILE= of the manager: 1024:524288 if nobody changed it.' }],
  relation: 'atLeast',
  effect: 'service-restart',
  why: 'This is the place to raise the limit of one server: LimitNOFILE=1048576 in a drop-in. The setting is a pair soft:hard; the value modelled here is the hard one, and a single number sets both, which suits servers that do not raise their own soft limit.',
  cost: 'Nothing by itself: the descriptor table takes 8 bytes per slot in use, rounded up to a power of two.',
  danger:
    'Above fs.nr_open the unit fails with status=205/LIMITS or gets less than it asks for. A process in a terminal shows nothing of it: read /proc/PID/limits of the server. Without daemon-reload and a restart the old limit stays.',
  interlocks: [
    { key: 'fs.nr_open', why: 'Raise it first, or the unit fails or is cut.' },
    { key: 'systemd.DefaultLimitNOFILE', why: 'What applies when the unit sets nothing.' },
    { key: 'limit.nofile.hard', why: 'What the running process got: look there for the truth.' },
  ],
  sources: [
    { kind: 'man', ref: 'systemd.exec(5), Process Properties, LimitNOFILE= (252, 257)' },
    {
      kind: 'source',
      ref: 'systemd src/basic/rlimit-util.c rlimit_parse_u64, rlimit_parse, setrlimit_closest (257.13)',
    },
    {
      kind: 'report',
      ref: 'containerd issues 4423 and 6741, moby issue 45534; systemd issue 6559 (infinity becomes nr_open)',
    },
    {
      kind: 'unverified',
      ref: 'That a later drop-in replaces the value of an earlier one, and status=205/LIMITS, were read in reports and not run.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(1048576) }, live: '2097152', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: limit(1048576) },
      live: '65536',
      verdict: 'unmet',
      note: 'Many packaged unit files ship 65536.',
    },
  ],
};
