/** tcp_rmem and tcp_wmem with 4096 in the middle: idle, with data that waits, and the price. */
import { median } from '../tools/statistics.mjs';
import {
  code,
  commands,
  group,
  milliseconds,
  percent,
  size,
  spread,
  table,
  times,
  where,
} from './markdown.mjs';

/** Less than this between medians is no difference: pages and slabs are not cut finer. */
const SAME = 0.02;
const NAMES = {
  article: 'the article’s',
  today: 'the kernel’s defaults',
  large: '1 MiB',
  rmemOnly: 'only tcp_rmem 4096',
  wmemOnly: 'only tcp_wmem 4096',
};

const initial = (triple) => group(Number(triple.split(' ')[1]));
const initials = ({ rmem, wmem }) => [initial(rmem), initial(wmem)];
const named = (list, name) => list.find((one) => one.name === name);

export function buffers(idle, queued, throughput) {
  const i = idleFigures(idle);
  const q = queuedFigures(queued);
  const t = throughputFigures(throughput);
  const savesQueued = q.largest.reader.article < q.largest.reader.today * (1 - SAME);
  const verdict = i.saves ? 'true' : savesQueued ? 'only when data waits unread' : 'false';
  const because = [
    `An idle connection takes ${group(i.article)} B with the article’s lines and ${group(i.today)} B with today’s defaults${i.saves ? '' : ', which is the same: buffers are not allocated in advance'}.`,
    `Of a message of ${size(q.largest.bytes)} that nobody reads, the reader’s kernel holds ${group(q.largest.reader.article)} B instead of ${group(q.largest.reader.today)} B.`,
    `Both ends together hold ${times(q.largest.ratio)} as much; of a message of ${size(q.worst.bytes)} ${times(q.worst.ratio)}.`,
    `The price: a transfer of ${size(t.worst.bytes)} takes ${times(t.worst.ratio)} as long over ${t.worst.link}, ${t.worst.roundTrips.toFixed(1)} round trips more.`,
  ].join(' ');
  return { verdict, because, lines: [...i.lines, '', ...q.lines, '', ...t.lines] };
}

function idleFigures({ variants, connections, ...machine }) {
  const of = (name) => median(named(variants, name).runs.map((run) => run.kernelPerConnection));
  const [article, today] = [of('article'), of('today')];
  const rows = variants.map((v) => [
    NAMES[v.name],
    ...initials(v),
    spread(
      v.runs.map((run) => run.kernelPerConnection),
      group,
    ),
  ]);
  const lines = [
    '### Idle',
    '',
    `${group(connections)} idle connections, both ends, ${where(machine)}. A machine of its own, because slab is counted for all of it.`,
    '',
    ...table(['buffers', 'tcp_rmem default', 'tcp_wmem default', 'kernel bytes per connection'], rows),
    '',
    ...commands(variants.map((v) => v.command)),
  ];
  return { article, today, saves: article < today * (1 - SAME), lines };
}

const ETHERNET = 1500;
const memory = ({ reader, sender }) => reader.memoryBytes + sender.memoryBytes;

function queuedFigures({ unread, workloads, ...machine }) {
  const ethernet = unread.rows.filter((row) => row.mtu === ETHERNET && row.name === 'today');
  const compared = ethernet.map(({ bytes, full }) => {
    const { full: article } = unread.rows.find(
      (row) => row.mtu === ETHERNET && row.name === 'article' && row.bytes === bytes,
    );
    const reader = { today: full.reader.memoryBytes, article: article.reader.memoryBytes };
    return { bytes, reader, ratio: memory(article) / memory(full) };
  });
  const mtus = [...new Set(unread.rows.map((row) => row.mtu))];
  const lines = [
    '### Data that waits',
    '',
    `One message to each of ${unread.connections} connections whose reader does not read, over loopback, ${where(machine)}. Bytes per`,
    'connection; memory is what `ss -tm` counts (r + w + f), headers included. What waits at neither end is still in the program.',
    ...mtus.flatMap((mtu) => unreadLines(unread, mtu)),
    '',
    ...lineByLine(unread),
    '',
    ...workloadLines(workloads, unread),
    '',
    ...commands([
      `${unread.command}     # in a namespace of its own, after both keys and the MTU were set`,
      ...Object.values(workloads).flatMap(({ variants }) => variants.map((v) => v.command)),
    ]),
  ];
  const largest = compared.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const worst = compared.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return { largest, worst, lines };
}

/** The table of one MTU. */
function unreadLines({ rows }, mtu) {
  const shown = rows.filter((one) => one.mtu === mtu && ['today', 'article'].includes(one.name));
  return [
    '',
    `MTU ${group(mtu)}, ${mtu === ETHERNET ? 'as on Ethernet' : 'loopback’s own'}:`,
    '',
    ...table(
      [
        'message',
        'buffers',
        'waits at reader',
        'memory there',
        'waits at sender',
        'memory there',
        'memory, both',
      ],
      shown.map(({ bytes, name, full }) => [
        size(bytes),
        NAMES[name],
        group(full.reader.queuedBytes),
        group(full.reader.memoryBytes),
        group(full.sender.queuedBytes),
        group(full.sender.memoryBytes),
        group(memory(full)),
      ]),
    ),
  ];
}

/** Which of the two lines did it. */
function lineByLine({ rows }) {
  const apart = (one, other) =>
    Math.max(
      ...rows
        .filter((row) => row.name === one)
        .map((row) => {
          const twin = rows.find((r) => r.name === other && r.mtu === row.mtu && r.bytes === row.bytes);
          return Math.abs(memory(row.full) / memory(twin.full) - 1);
        }),
    );
  const raised = rows.find((row) => row.name === 'wmemOnly' && row.mtu === ETHERNET).idle.sender.sendBuffer;
  return [
    `With only the line \`tcp_rmem\` these figures are within ${percent(apart('rmemOnly', 'article'))} of the article’s, and with only \`tcp_wmem\` within ${percent(apart('wmemOnly', 'today'))} of`,
    `today’s: the handshake raises a send buffer of 4096 to ${group(raised)} B (MTU 1,500) before the first byte is written.`,
  ];
}

function workloadLines({ 'slow-readers': slow, broadcast }, { rows }) {
  const raised = rows.find((row) => row.name === 'article' && row.mtu !== ETHERNET).idle.sender.sendBuffer;
  const of = (runs, field, show = group) =>
    spread(
      runs.map((run) => run[field]),
      show,
    );
  const slowRows = slow.variants.map(({ name, runs }) => [
    NAMES[name],
    of(runs, 'bytesPerConnection'),
    of(runs, 'memoryPerConnection'),
    of(runs, 'receiveQueuesPruned'),
    of(runs, 'drainMs', milliseconds),
  ]);
  const broadcastRows = broadcast.variants.map(({ name, runs }) => [
    NAMES[name],
    of(runs, 'megabytesPerSecond'),
    of(runs, 'peakQueuedBytes', (n) => `${(n / 1e6).toFixed(1)} MB`),
    of(runs, 'segmentsRetransmitted'),
  ]);
  return [
    `As the soak’s workloads: **slow-readers**, ${group(slow.connections)} connections, of which one in twenty does not read while the server`,
    `writes until every buffer is full. With loopback’s segments the handshake raises every send buffer to ${group(raised)} B, and that fills.`,
    '',
    ...table(
      [
        'buffers',
        'bytes taken per connection',
        'memory for them',
        'receive queues pruned',
        'until all was read',
      ],
      slowRows,
    ),
    '',
    `**broadcast**, ${group(broadcast.connections)} connections that all read, one message of ${size(broadcast.variants[0].runs[0].messageBytes)} each:`,
    '',
    ...table(
      ['buffers', 'MB/s', 'most bytes queued at once, whole machine', 'segments sent again'],
      broadcastRows,
    ),
  ];
}

function throughputFigures({ links, sizes, program }) {
  const middle = (link, name, bytes) =>
    median(named(link.variants, name).rounds.flatMap((round) => round[bytes]));
  const label = ({ roundTripMs }) => `a round trip of ${roundTripMs} ms`;
  // On loopback a transfer is over in less than the machine's own noise.
  const ratios = links
    .filter((link) => link.roundTripMs > 0)
    .flatMap((link) =>
      sizes.map((bytes) => {
        const [article, today] = ['article', 'today'].map((name) => middle(link, name, bytes));
        const roundTrips = (article - today) / link.roundTripMs;
        return { bytes, link: label(link), ratio: article / today, roundTrips };
      }),
    );
  const worst = ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const lines = ['### The price: transfers over a new connection', ''];
  for (const link of links) {
    const names = link.variants.map(({ name }) => name);
    const rows = sizes.map((bytes) => {
      const base = middle(link, 'today', bytes);
      return [
        size(bytes),
        ...names.map((name) => {
          const list = named(link.variants, name).rounds.flatMap((round) => round[bytes]);
          const ratio = name === 'today' ? '' : `, ${times(median(list) / base)}`;
          return `${spread(list, milliseconds)}${ratio}`;
        }),
      ];
    });
    const how = link.roundTripMs === 0 ? 'Loopback' : `${link.link}, round trip ${link.roundTripMs} ms`;
    lines.push(`${how} (${link.place}, kernel ${link.kernel}), from the request to the last byte:`, '');
    lines.push(...table(['size', ...names.map((name) => NAMES[name])], rows), '');
  }
  lines.push(
    `Measured with ${code(program)}, both sides with the same settings, \`tcp_no_metrics_save\` = 1.`,
  );
  return { worst, lines };
}
