/** LowFree against MemFree on a 32-bit kernel as connections grow, and where it ends. */
import { code, commands, group, mib, percent, table, whereFirst } from './markdown.mjs';

/** Points of the table: enough to see the slope. */
const POINTS = 8;

/** `ended` of the measurement: the kernel killed, the soak met an error, or the time was over before anything stopped it. */
const STOPPED_BY_ITSELF = /^(oom|soak [1-9]\d*)$/;

export function lowMemory(figures) {
  const { samples, goal, command, predicted, output, consoleKills, ended } = figures;
  const first = samples[0];
  const most = samples.reduce((a, b) => (b.sockets > a.sockets ? b : a));
  const each = bytesPerConnection(samples, most);
  const connections = Math.floor(most.sockets / 2);
  const kills = [
    ...new Set([...consoleKills, ...output.filter((l) => l.includes('Out of memory'))].map(bare)),
  ];
  const isStopped = kills.length > 0 || STOPPED_BY_ITSELF.test(ended ?? '');
  const free = `with ${mib(most.lowFree)} of ${mib(first.lowTotal)} low memory free and ${mib(most.memFree)} of ${mib(first.memTotal)} of all memory`;
  const isLow = most.memFree > 4 * most.lowFree;
  return {
    verdict: !isStopped
      ? 'not measured to the end'
      : isLow
        ? 'true on a 32-bit kernel, not on a 64-bit one'
        : 'false',
    because: isStopped
      ? `It stopped at ${group(connections)} connections (both ends) of ${group(goal)}, ${free}${kills.length > 0 ? '; the OOM killer had come' : ''}. A 64-bit kernel has no low memory.`
      : `The time was over at ${group(connections)} connections (both ends), ${free}: nothing had stopped them yet. At ${group(each.low)} B of low memory each it is gone at ${group(first.lowFree / each.low)} (arithmetic).`,
    lines: [
      `${whereFirst(figures)}. The bare C soak over loopback, both ends; idle connections.`,
      '',
      ...table(
        ['seconds', 'TCP sockets', 'LowFree', 'MemFree', 'slab'],
        points(samples, most).map((s) => [
          (s.seconds - first.seconds).toFixed(0),
          group(s.sockets),
          mib(s.lowFree),
          mib(s.memFree),
          mib(s.slab),
        ]),
      ),
      '',
      `LowFree fell by ${group(each.low)} B per connection, both ends, and MemFree by ${group(each.all)} B: what a connection takes, it takes from low memory.`,
      ...predictionLines(predicted, isStopped ? connections : null),
      ...(kills.length === 0
        ? []
        : ['', 'The kernel said:', '', ...kills.slice(0, 4).map((line) => `    ${line}`)]),
      '',
      ...commands([
        `${command}     # bench/c/soak.c, built in the guest`,
        'npm run evidence:article -- --only low-memory',
      ]),
    ],
  };
}

/** The line without the console's time and what a terminal does to it. */
const bare = (line) => line.replace(/^.*?(?=Out of memory)/, '').trim();

function predictionLines(predicted, stoppedAt) {
  if (predicted === null) return [];
  const apart = stoppedAt === null ? '' : `, ${percent(predicted.at / stoppedAt - 1)} apart`;
  return [
    `\`tune walls --loopback --busy 0%\` says ${group(predicted.at)} for a machine with these figures (${code(predicted.arithmetic)})${apart}.`,
  ];
}

/** Between the first sockets and the most of them: what the machine does at its end is not a connection’s. */
function bytesPerConnection(samples, most) {
  const from = samples.findLast((s) => s.sockets < most.sockets / 20) ?? samples[0];
  const to = samples.findLast((s) => s.sockets < most.sockets * 0.9 && s.seconds < most.seconds) ?? most;
  const connections = (to.sockets - from.sockets) / 2;
  return { low: (from.lowFree - to.lowFree) / connections, all: (from.memFree - to.memFree) / connections };
}

function points(samples, most) {
  const rising = samples.slice(0, samples.indexOf(most) + 1);
  const steps = Array.from({ length: POINTS }, (_, i) =>
    Math.round((i * (rising.length - 1)) / (POINTS - 1)),
  );
  return [...new Set(steps)].map((i) => rising[i]);
}
