import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'systemd.DefaultLimitNOFILE',
  title: 'Hard nofile limit that systemd gives to services which set none',
  shape: { kind: 'limit' },
  unit: 'files',
  scope: 'manager',
  reach: 'manager',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483584n },
  silentlyAccepts: [
    'infinity, which ends as fs.nr_open: 1073741816 on many hosts.',
    'A misspelt name, above all DefaultLimitNOFILESoft, which systemctl show prints but no file may set: one warning in the journal, no effect.',
  ],
  defaults: [
    {
      value: '524288',
      how: 'systemd 240 or later: 1024:524288; the hard value here is 524288, or fs.nr_open if that is less, and the soft value is 1024.',
    },
  ],
  relation: 'atLeast',
  effect: 'service-restart',
  why: 'Services do not pass through PAM, so limits.conf never reaches them: this or LimitNOFILE= of the unit is all that counts. The setting is a pair soft:hard; the value modelled here is the hard one, and a single number sets both.',
  cost: 'Nothing by itself. It applies to every service of the machine, so one that leaks descriptors leaks further before it fails; LimitNOFILE= for the one server is the narrower change.',
  danger:
    'Set as a single large number it raises the soft limit of every service too, and programs that use select() break. It is read again by systemctl daemon-reload, but only services that start afterwards get it.',
  interlocks: [
    {
      key: 'fs.nr_open',
      why: 'A value above it is cut to what the manager itself has, or services fail with status=205/LIMITS.',
    },
    { key: 'systemd.LimitNOFILE', why: 'A unit that sets its own is not affected.' },
    { key: 'limit.nofile.hard', why: 'What the running process got: look there for the truth.' },
  ],
  sources: [
    { kind: 'man', ref: 'systemd-system.conf(5), DefaultLimitNOFILE= (252, 257)' },
    {
      kind: 'source',
      ref: 'systemd src/core/main.c parse_configuration, fallback_rlimit_nofile, MANAGER_RELOAD; src/basic/rlimit-util.c (252.39, 257.13)',
    },
    {
      kind: 'report',
      ref: 'omacom/omarchy pull request 5661: DefaultLimitNOFILESoft is ignored with a warning',
    },
    {
      kind: 'unverified',
      ref: 'The reload was read in the source (252.39, 257.13) and not run; older releases may need daemon-reexec.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(1048576) }, live: 'infinity', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: limit(1048576) }, live: '524288', verdict: 'unmet' },
  ],
};
