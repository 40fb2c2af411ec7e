/** Random trees of sysctl.d files, with every oddity that administrators, packages and accidents produce. */
import fc from 'fast-check';
import { sysctlText } from './sysctl-lines.ts';

export interface SpecEntry {
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'dangling' | 'dev-null' | 'directory' | 'loop';
  readonly text: string;
}

export interface SysctlSpec {
  readonly directories: readonly { readonly path: string; readonly entries: readonly SpecEntry[] }[];
  readonly sysctlConf: SpecEntry | null;
  readonly credential: SpecEntry | null;
}

const DIRECTORIES = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'];

const NAMES = [
  ...[
    '10-a.conf',
    '50-a.conf',
    '50-b.conf',
    '99-z.conf',
    '99-sysctl.conf',
    'zz.conf',
    'B.conf',
    'a.conf',
    'é.conf',
  ],
  ...[
    '.50-h.conf',
    '.conf',
    '-.conf',
    'two words.conf',
    '50-a.conf.bak',
    '50-a.conf~',
    'README',
    'x.CONF',
    '😀.conf',
    '\uff21.conf',
  ],
  ...['s[12].conf', 's1.conf', 's2.conf', 's*.conf', '{s1,s2}.conf', 'b\\c.conf', 'bc.conf', 'a?conf.conf'],
];

const entry = (name: fc.Arbitrary<string>): fc.Arbitrary<SpecEntry> =>
  fc.record({
    name,
    kind: fc.oneof(
      { weight: 14, arbitrary: fc.constant('file' as const) },
      { weight: 3, arbitrary: fc.constant('symlink' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'dangling' as const,
          'dev-null' as const,
          'directory' as const,
          'loop' as const,
        ),
      },
    ),
    text: sysctlText,
  });

const entries = fc.uniqueArray(entry(fc.constantFrom(...NAMES)), { maxLength: 4, selector: (e) => e.name });

export const sysctlSpec: fc.Arbitrary<SysctlSpec> = fc.record({
  directories: fc
    .tuple(...DIRECTORIES.map(() => entries))
    .map((all) => all.map((list, i) => ({ path: DIRECTORIES[i] ?? '', entries: list }))),
  sysctlConf: fc.option(entry(fc.constant('sysctl.conf')), { freq: 2 }),
  credential: fc.option(entry(fc.constant('sysctl.extra')), { freq: 10 }),
});
