/** Lines of sysctl.d files: keys in the spellings people use and some they should not, exclusions, noise. */
import fc from 'fast-check';
import { sysctlValue } from './sysctl-values.ts';

const LEAVES = ['rp_filter', 'arp_announce', 'log_martians'];
const DEVICES = [
  'all',
  'default',
  'lo',
  'eth0.100',
  'v1',
  'V1',
  'br-x',
  'a*b',
  '[x]',
  '.hid',
  'é0',
  'absent0',
];

const corePath = fc.constantFrom(
  ...[
    'net/core/somaxconn',
    'net/ipv4/tcp_max_syn_backlog',
    'net/ipv4/tcp_syncookies',
    'net/ipv4/tcp_fin_timeout',
  ],
  ...['net/ipv4/tcp_rmem', 'net/ipv4/ip_local_port_range', 'net/ipv4/ip_local_reserved_ports'],
  ...[
    'net/ipv4/tcp_tw_recycle',
    'net/ipv4/conf',
    'net/ipv4/conf/all',
    'net/core/somaxconn/x',
    'net/ipv4/tcp_ehash_entries',
  ],
);

const devicePath = fc
  .tuple(fc.constantFrom(...DEVICES), fc.constantFrom(...LEAVES))
  .map(([device, leaf]) => `net/ipv4/conf/${device}/${leaf}`);

const globbed = fc
  .tuple(
    fc.constantFrom(
      ...[
        '*',
        '?1',
        'v?',
        '[vV]1',
        '[!a]*',
        '[^e]*',
        '*0*',
        'e*',
        '.*',
        '?',
        '??',
        '???',
        '[a-e]*',
        '[[:alpha:]]*',
        'br-?',
      ],
      ...[
        '{all,v1}',
        '{all,v*}',
        '{v,V}?',
        '{lo,{v,x}1*}',
        '{',
        '{a*',
        '[',
        '[a',
        'a\\*b',
        '\\[x]',
        '\\[*',
        '[[]x]',
        '[]x]*',
        '*[',
        '**',
        'a?l',
        '{,x}*',
        '\\',
        '*\\',
        '{}*',
      ],
    ),
    fc.constantFrom(...LEAVES, 'rp_*', '*_filter', '{rp_filter,arp_announce}', '*', '[lr]*'),
    fc.constantFrom(
      'net/ipv4/conf/',
      'net/*/conf/',
      '*/ipv4/conf/',
      'net/ipv4//conf/',
      'net/ipv4/./conf/',
      'net/ipv4/../ipv4/conf/',
      'net/ipv4/c*/',
    ),
  )
  .map(([device, leaf, prefix]) => `${prefix}${device}/${leaf}`);

const coreGlob = fc.constantFrom(
  ...[
    'net/core/somaxcon?',
    'net/ipv4/tcp_syncooki*',
    'net/*/somaxconn',
    'net/core/[s]omaxconn',
    'net/ipv4/tcp_{syncookies,fin_timeout}*',
  ],
  ...[
    'net/ipv4/tcp_max_syn_backlo[a-z]',
    '*/core/somaxconn',
    'zz*/x',
    'net/ipv4/ip_local_port_rang?',
    'net/core/somaxconn/*',
    'net/core/*maxconn/',
    `${'x'.repeat(300)}*`,
  ],
);

const path = fc.oneof(
  { weight: 6, arbitrary: corePath },
  { weight: 5, arbitrary: devicePath },
  { weight: 4, arbitrary: globbed },
  { weight: 2, arbitrary: coreGlob },
);

const swap = (text: string) => text.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));

/** One path in the spellings that people use, and some they should not. */
const spelled = path.chain((p) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(swap(p)) },
    { weight: 4, arbitrary: fc.constant(p) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...[
          p.replaceAll('/', '.'),
          swap(p).replace('.', '..'),
          p.replace('/', '//'),
          p.replace('/', '/./'),
          `/${p}`,
          `.${swap(p)}`,
        ],
        ...[
          `${p}/`,
          `${swap(p)}.`,
          p.toUpperCase(),
          `${p} x`,
          p.replace('/', ' / '),
          `net/../${p}`,
          `net/../../sys/${p}`,
          `../../proc/sys/${p}`,
        ],
        ...[
          `../../../etc/hostname`,
          '..',
          '.',
          '/',
          '',
          ' ',
          `/proc/sys/${p}`,
          `${p}/.`,
          `${p}/..`,
          'net',
          `${'y'.repeat(300)}/a`,
          `net/${'z'.repeat(300)}`,
        ],
      ),
    },
  ),
);

const assignment = fc
  .tuple(
    fc.constantFrom('', '', '', '', '-', '- ', '--', ' ', '\t', '\v', ' -', '-\t'),
    spelled,
    fc.constantFrom(' = ', '=', ' =', '= ', '\t=\t', ' == ', '\v=\f', ' = \u00a0'),
    sysctlValue,
    fc.constantFrom('', '', '', ' ', '\t', '\v', ' \f '),
  )
  .map((parts) => parts.join(''));

const exclusion = fc
  .tuple(fc.constantFrom('-', '-', '- ', '--', ' -'), spelled, fc.constantFrom('', ' ', '\t', '\v'))
  .map((parts) => parts.join(''));

const noise = fc.oneof(
  fc.constantFrom(
    '# net.core.somaxconn = 1',
    '; x',
    '',
    '   ',
    '\t',
    'net.core.somaxconn',
    'net.core.somaxconn 5',
    '-',
    '=',
    '-=',
    '- =',
    '=5',
    'a',
    'é',
    '\v',
    ' #',
  ),
  fc.string({
    unit: fc.constantFrom(...'net.core/somaxconn*?[]{}-= #;\\01\uf7ff\uf7c3é\0\ufeff'),
    maxLength: 24,
  }),
);

const line = fc.oneof(
  { weight: 10, arbitrary: assignment },
  { weight: 3, arbitrary: exclusion },
  { weight: 2, arbitrary: noise },
);

const lineEnd = fc.constantFrom(
  '\n',
  '\n',
  '\n',
  '\n',
  '\n',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '\n\r',
  '\0',
  '\n\0',
  '\r\n\0',
  '\n\n',
);

/** The content of a file: lines, what ends them, and a last one without an end. */
export const sysctlText = fc
  .tuple(
    fc.constantFrom('', '', '', '', '', '', '\ufeff'),
    fc.array(fc.tuple(line, lineEnd), { maxLength: 7 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: line }),
  )
  .map(([bom, lines, last]) => bom + lines.map(([l, end]) => l + end).join('') + last);
