/** `* - nofile 999999`: which sessions it reaches. */
import { code, commands, group, table, whereFirst } from './markdown.mjs';

const pair = ({ soft, hard }) => (soft === hard ? hard : `${soft} / ${hard}`);

export function limitsConf(figures) {
  const { steps, line, file, nrOpen, ceiling } = figures;
  const [before, article] = steps;
  const wanted = line.split(' ').at(-1);
  const kinds = Object.keys(before.real);
  const reached = kinds.filter((kind) => article.real[kind].hard === wanted);
  const missed = kinds.filter((kind) => article.real[kind].hard !== wanted);
  const verdict =
    missed.length === 0 ? 'true' : reached.length === 0 ? 'false' : 'only for logins of ordinary users';
  const rows = kinds.map((kind) => [kind, ...steps.map(({ real }) => pair(real[kind]))]);
  const agreeing = steps.filter(({ agrees }) => agrees).length;
  return {
    verdict,
    because: `It reaches ${reached.join(', ') || 'nothing'}; it does not reach ${missed.join(', ') || 'nothing'}.`,
    lines: [
      `${whereFirst(figures)}: real sessions, soft / hard ${code('nofile')}, by what was appended to ${code(file)}:`,
      '',
      ...table(
        [
          'session',
          ...steps.map(({ lines }) => (lines.length === 0 ? 'nothing' : lines.map(code).join(', '))),
        ],
        rows,
      ),
      '',
      'pam_limits does not apply `*` to root, and systemd asks PAM for no system service: those need a line `root` and `LimitNOFILE=`.',
      `\`tune boot --limits\`, which reads only the files, says the same as the sessions for ${agreeing} of ${steps.length} of them. The cron job is root’s.`,
      '',
      `The line is below ${code('fs.nr_open')} here (${group(nrOpen)}). Where that is lower, ${group(ceiling.nrOpen)}, ${whatLoginGets(
        ceiling,
        before.real['login user'],
      )}`,
      '',
      ...commands(['npm run evidence:article -- --only limits-conf']),
    ],
  };
}

function whatLoginGets({ loginWorks, soft, hard }, without) {
  if (!loginWorks) return 'the login of an ordinary user is refused.';
  const got = `the login of an ordinary user gets ${soft} / ${hard}`;
  return soft === without.soft && hard === without.hard
    ? `${got}, as without the line, and nobody is told.`
    : `${got}.`;
}
