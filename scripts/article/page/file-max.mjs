/** fs.file-max = 999999 on a current host. */
import { code, commands, group, table, whereFirst } from './markdown.mjs';

const opened = ({ opened: count, errno }) => `${group(count)}, then ${errno ?? 'no error'}`;

export function fileMax(figures) {
  const { value, before, after, audited, exhausted } = figures;
  const lowers = BigInt(after) < BigInt(before);
  const users = exhausted.user.reduce((sum, { opened: count }) => sum + count, 0);
  const stopped = exhausted.user.some(({ errno }) => errno === 'ENFILE');
  const writes = Object.values(audited)
    .flatMap((state) => Object.values(state))
    .flatMap((profile) => profile.writes);
  const rows = Object.entries(audited).flatMap(([state, profiles]) =>
    Object.entries(profiles).map(([profile, { live, wanted, verdict, writes, lines }]) => [
      state === 'before' ? 'as installed' : 'with the article’s line',
      code(profile),
      live,
      wanted,
      verdict,
      [...writes.map((w) => w.after.value ?? w.after.text), ...lines.map(code)].join(', ') || 'nothing',
    ]),
  );
  return {
    verdict: lowers ? 'true then, not today' : 'true',
    because: lowers
      ? `A current system has ${group(BigInt(before))}; the line lowers it to ${group(BigInt(after))}.${stopped ? ` Ordinary users then get ENFILE after ${group(users)} files, root goes on.` : ''}`
      : `The system had ${group(BigInt(before))}; the line raises it.`,
    lines: [
      `${whereFirst(figures)}, ${code(`fs.file-max = ${value}`)} in /etc/sysctl.d, ${code('sysctl --system')}:`,
      '',
      ...table(
        ['', 'fs.file-max'],
        [
          ['as installed', group(BigInt(before))],
          ['with the article’s line', group(BigInt(after))],
        ],
      ),
      '',
      'Then files were really opened, by processes of an ordinary user, each within its own limit, and last by root:',
      '',
      ...table(
        ['who', 'opened'],
        [
          ...exhausted.user.map((one, i) => [`ordinary user, process ${i + 1}`, opened(one)]),
          ['root, with all of those open', opened(exhausted.root)],
        ],
      ),
      '',
      `${code('fs.file-nr')} counted ${group(exhausted.openBeforeRoot)} open files before root came.`,
      ...(exhausted.kernelSaid === null
        ? []
        : [`The kernel log: ${code(exhausted.kernelSaid.replace(/^\[[^\]]*\] /, ''))}.`]),
      '',
      `\`tune\` wants at least a number, never exactly one. ${plansSay(writes)}:`,
      '',
      ...table(['system', 'profile', 'live', 'wanted', 'verdict', 'the plan writes'], rows),
      '',
      ...commands(['npm run evidence:article -- --only file-max']),
    ],
  };
}

function plansSay(writes) {
  if (writes.length === 0) return 'None of these plans writes the key';
  const isLowering = writes.some(({ before, after }) => BigInt(after.text) < BigInt(before.text));
  return isLowering ? 'A plan lowers it' : 'A plan that writes it raises it';
}
