/** Random limits.conf trees. */
import fc from 'fast-check';
import type { SpecEntry } from './sysctl-trees.ts';

export interface LimitsSpec {
  readonly main: SpecEntry | null;
  readonly dropIns: readonly SpecEntry[];
}

const domain = fc.constantFrom(
  ...[
    '*',
    '*',
    '*',
    'root',
    'root',
    'alice',
    'alice',
    'bob',
    'carol',
    'nobody',
    'ALICE',
    '@wheel',
    '@users',
    '@alice',
    '@root',
    '@',
    '@none',
  ],
  ...[
    '1000:',
    ':1000',
    '0:',
    ':0',
    '500:1000',
    '1000:2000',
    '1001:1000',
    '-5:',
    '+1000:1001',
    ':',
    'x:',
    '1000:x',
    '0x10:',
    '4294968296:',
    ':4294967296',
  ],
  ...[
    '@1000:',
    '@:1000',
    '@0:',
    '@:0',
    '@:100',
    '@:10',
    '@100:1000',
    '@:',
    '@x:',
    '%',
    '%wheel',
    '%:10',
    '%:0',
    '%0:',
    '%:1000',
    '%1000:',
    '*:',
    '::',
    ':1000:',
    '1000:2000:',
  ],
);
const type = fc.constantFrom(
  'soft',
  'hard',
  '-',
  'soft',
  'hard',
  '-',
  'SOFT',
  'Hard',
  'both',
  '-x',
  '--',
  'soft,hard',
);
const item = fc.constantFrom(
  ...[
    'nofile',
    'nofile',
    'nofile',
    'nofile',
    'nofile',
    'nofile',
    'NOFILE',
    'nproc',
    'memlock',
    'core',
    'cpu',
    'rss',
    'locks',
    'sigpending',
    'msgqueue',
  ],
  ...['nice', 'rtprio', 'nofiles', 'open_files', 'maxlogins', 'maxsyslogins', '-'],
);
const amount = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 16, max: 20000 }).map(String) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        'unlimited',
        'infinity',
        '-1',
        '-',
        'UNLIMITED',
        'Infinity',
        '1M',
        '10K',
        '15,000',
        '0x1000',
        '010',
        '+500',
        '-500',
        '-2',
        '1e4',
        '20001',
        '1048576',
      ],
      ...[
        '1048577',
        '2097152',
        '18446744073709551615',
        '18446744073709551616',
        '9223372036854775807',
        '99999999999999999999999',
        '0',
        '3000.5',
        'abc',
        '"4096"',
      ],
      ...[
        'unlimited x',
        '- x',
        '4096 8192',
        '1024\t2048',
        '4096;',
        '18014398509481984',
        '18014398509481983',
        '-18446744073709551615',
        '--5',
        '\v700',
        '0',
      ],
    ),
  },
);

const blank = fc.constantFrom(' ', ' ', '\t', '  ', '\t ', ' \t', '\v', '\f', '\r');
const rule = fc
  .tuple(
    fc.constantFrom('', '', '', ' ', '\t', '\v'),
    domain,
    blank,
    type,
    blank,
    item,
    blank,
    amount,
    fc.constantFrom('', '', '', ' ', ' # why', '#x', '\r', '\t', ' x', '\v', ' \r'),
  )
  .map((parts) => parts.join(''));
const stop = fc
  .tuple(domain, blank, fc.constantFrom('-', '-', '-x', '- ', '-\r', '- # c', 'x'))
  .map((parts) => parts.join(''));
const noise = fc.oneof(
  fc.constantFrom(
    '',
    '# comment',
    '  # c',
    'alice',
    'alice soft nofile',
    'alice soft',
    '-',
    '* -',
    ' ',
    '\r',
    '\v',
    '#',
    'a b c',
    'alice - nofile \t',
    'alice\0 - nofile 5',
    '\ufeff',
  ),
  fc.integer({ min: 1000, max: 1060 }).map((n) => `${' '.repeat(n)}alice - nofile 777`),
  fc.integer({ min: 990, max: 1050 }).map((n) => `# ${'x'.repeat(n)} * - nofile 888`),
  fc.integer({ min: 1000, max: 1040 }).map((n) => `* - nofile 1${' '.repeat(n)}23`),
);
const line = fc.oneof(
  { weight: 12, arbitrary: rule },
  { weight: 1, arbitrary: stop },
  { weight: 2, arbitrary: noise },
);
const text = fc
  .tuple(
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\n', '\r\n', '\n\n')), { maxLength: 8 }),
    fc.oneof(fc.constant(''), line),
  )
  .map(([lines, last]) => lines.map((parts) => parts.join('')).join('') + last);

const NAMES = [
  '10-a.conf',
  '20-b.conf',
  '90-z.conf',
  'B.conf',
  'é.conf',
  '.hid.conf',
  'x.txt',
  '.conf',
  'a b.conf',
  '*.conf',
  '[a].conf',
  '\uff21.conf',
  '😀.conf',
];

const entry = (name: fc.Arbitrary<string>, text: fc.Arbitrary<string>): fc.Arbitrary<SpecEntry> =>
  fc.record({
    name,
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constant('file' as const) },
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
    text,
  });

export const limitsSpec: fc.Arbitrary<LimitsSpec> = fc.record({
  main: fc.option(entry(fc.constant('limits.conf'), text), { freq: 20 }),
  dropIns: fc.uniqueArray(entry(fc.constantFrom(...NAMES), text), { maxLength: 4, selector: (e) => e.name }),
});
