/** Renders docs/tunables.md from the catalogue: a contents by group, then all that is known about each key. */
import { bullets, code, link, page, prose, table } from './markdown.mjs';

/** In the order of the page; a key belongs to the first group that matches it. */
const GROUPS = [
  {
    title: 'Open files',
    about: 'Every connection is an open file of a process: these are the first walls.',
    keys: /^(fs\.(file-max|nr_open)|limit\.nofile\.|systemd\.)/,
  },
  {
    title: 'Watches, processes and locked memory',
    about: 'Limits per user and per machine that connections meet through epoll or through threads.',
    keys: /^(fs\.|kernel\.|limit\.)/,
  },
  {
    title: 'Memory of the machine',
    about: 'Sockets live in memory that cannot be swapped; these decide what the rest does about it.',
    keys: /^vm\./,
  },
  {
    title: 'Queues and buffers of all protocols',
    about: 'Where connections and packets wait before TCP or the program takes them.',
    keys: /^net\.core\./,
  },
  {
    title: 'TCP',
    about: 'Memory, life cycle and behaviour of TCP sockets.',
    keys: /^net\.ipv4\.(tcp|udp)_/,
  },
  {
    title: 'Ports',
    about: 'The local ports of outgoing connections: a resource of clients, proxies and load generators.',
    keys: /^net\.ipv4\.ip_/,
  },
  {
    title: 'Neighbours and routing',
    about: 'Tables about the other machines on the same network, and the check of where packets come from.',
    keys: /^net\.ipv[46]\.(neigh|conf)\./,
  },
  {
    title: 'Connection tracking',
    about: 'The table of the firewall: present only with its module, relevant only if a rule uses it.',
    keys: /^net\.netfilter\./,
  },
];

const SHAPES = {
  integer: 'one number',
  limit: 'one number, or `unlimited`',
  portRange: 'two ports, lowest and highest',
  portSet: 'ports and ranges of ports',
  word: 'one word',
};

const RELATIONS = {
  exactly: 'exactly',
  atLeast: 'at least: more is never a fault',
  atMost: 'at most: less is never a fault',
  between: 'between two values',
  oneOf: 'one of several',
  superset: 'contains at least these ports',
  fields: 'each field by its own relation',
};

const SOURCES = {
  'kernel-doc': 'Kernel documentation',
  man: 'Manual page',
  source: 'Source code',
  tested: 'Tested',
  'vendor-doc': 'Vendor documentation',
  report: 'Report',
  unverified: '**Not verified**',
};

const INTRO = `What tune knows about every setting it looks at. \`tune explain KEY\` prints the same beside the value of your host; the profiles in
\`profiles/\` say which of these settings they want, and why.

How to read an entry:

- **Reach** tells where a value holds. A container with its own network namespace starts from the defaults of the kernel, not from the host.
- **Accepted** is what the kernel enforces. Nearly everything inside these bounds is taken without a word, sensible or not.
- **Compared** is the comparison that makes sense in an audit. Comparing for equality where more is fine makes a tool lower a good host.
- **Felt** tells when a change reaches connections. Many settings are read once, when a listener or a session starts.
- Sources marked **Not verified** name the statements that nobody has checked yet.`;

/**
 * @param tunables the catalogue (src/tunables/index.ts)
 * @param words what the kinds mean in words, shared with the report: { reaches, effects, formatRelation, formatGrouped }
 */
export function renderTunables(tunables, words) {
  const groups = GROUPS.map((group) => ({ ...group, members: [] }));
  for (const tunable of tunables) {
    const home = groups.find((group) => group.keys.test(tunable.key));
    if (home === undefined) throw new Error(`scripts/docs/tunables-page.mjs has no group for ${tunable.key}`);
    home.members.push(tunable);
  }
  return page([
    '<!-- Generated from src/tunables by scripts/generate-docs.mjs; do not edit. -->',
    '# Settings',
    INTRO,
    '## Contents',
    ...groups.flatMap(({ title, members }) => [
      `**${link(title, title)}**`,
      table(
        ['Key', 'What it sets'],
        members.map(({ key, title: what }) => [link(code(key), key), prose(what)]),
      ),
    ]),
    ...groups.flatMap(({ title, about, members }) => [
      `## ${title}`,
      about,
      ...members.flatMap((tunable) => entry(tunable, new Set(tunables.map(({ key }) => key)), words)),
    ]),
  ]);
}

function entry(tunable, known, words) {
  const { key, title, defaults, why, cost, danger, silentlyAccepts, interlocks, examples, sources } = tunable;
  const name = (other) => (known.has(other) ? link(code(other), other) : code(other));
  return [
    `### ${code(key)}`,
    prose(`${title}.`),
    table(['', ''], facts(tunable, words)),
    `**Why.** ${prose(why)}`,
    `**Cost.** ${prose(cost)}`,
    `**Danger.** ${prose(danger)}`,
    '**Defaults**',
    table(['Kernel', 'Default', 'Set by'], defaults.map(defaultRow)),
    silentlyAccepts.length === 0 ? '' : '**Accepted in silence**',
    bullets(silentlyAccepts.map(prose)),
    interlocks.length === 0 ? '' : '**Interacts with**',
    bullets(interlocks.map((lock) => `${name(lock.key)}: ${prose(lock.why)}`)),
    '**Examples**',
    table(
      ['Live', 'Wanted', 'Verdict', 'Note'],
      examples.map(({ live, wanted, verdict, note }) => [
        live === '' ? '(empty)' : code(live.replaceAll('\t', ' ')),
        words.formatRelation(wanted),
        verdict,
        prose(note ?? ''),
      ]),
    ),
    '**Sources**',
    bullets(sources.map(({ kind, ref }) => `${SOURCES[kind]}: ${prose(ref)}`)),
  ];
}

function facts({ shape, unit, reach, access, module, since, until, bounds, relation, effect }, words) {
  const kind =
    shape.kind === 'tuple'
      ? `${shape.fields.length} numbers: ${shape.fields.join(', ')}`
      : SHAPES[shape.kind];
  const presence = [
    since === undefined ? '' : `since ${since}`,
    until === undefined ? '' : `until ${until}`,
    module === undefined ? '' : `with the module ${code(module)}`,
  ].filter((part) => part !== '');
  return [
    ['Value', `${kind}; unit: ${unit}${access === 'read-only' ? '; read-only' : ''}`],
    ['Reach', words.reaches[reach]],
    ['Accepted', acceptedText(shape, bounds, words)],
    ['Compared', RELATIONS[relation]],
    ['Felt', words.effects[effect]],
    ...(presence.length === 0 ? [] : [['Present', presence.join(', ')]]),
  ];
}

function acceptedText(shape, { min, max }, words) {
  const each = shape.kind === 'tuple' ? 'each number ' : '';
  const number = (n) => words.formatGrouped(n).replace('-', '−');
  if (min === null && max === null) return 'whatever has the right form';
  if (max === null) return `${each}from ${number(min)}`;
  if (min === null) return `${each}up to ${number(max)}`;
  return `${each}${number(min)} to ${number(max)}`;
}

function defaultRow({ from, until, value, how }) {
  const start = from ?? '';
  const range =
    until === undefined
      ? from === undefined
        ? 'any'
        : `${start} and later`
      : `${start ? `${start} ` : ''}to ${until}`;
  return [
    range,
    value === null ? 'computed' : value === '' ? '(empty)' : code(value.replaceAll('\t', ' ')),
    prose(how),
  ];
}
