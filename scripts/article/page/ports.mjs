/** Connections of one client address to one server ip:port. */
import { code, commands, group, table, where } from './markdown.mjs';

/** “About”: the article rounds to thousands. */
const isAbout = (held, thousands) => Math.abs(held - thousands * 1000) < 1000;

export function ports({ ranges, goal, ...machine }) {
  const [narrow, wide] = ranges;
  const isTrue = isAbout(narrow.held, 28) && isAbout(wide.held, 64);
  const rows = ranges.map(({ range, width, held, errors, blame }) => [
    code(range),
    group(width),
    group(held),
    Object.entries(errors)
      .map(([errno, count]) => `${errno} × ${group(count)}`)
      .join(', ') || 'none',
    blame === null ? 'nothing' : code(blame.key),
  ]);
  return {
    verdict: isTrue ? 'true' : 'false',
    because: `${group(narrow.held)} connections from one address with the default range, ${group(wide.held)} with the article’s, to one server ip:port. To another address or port of a server the same ports can be had again.`,
    lines: [
      `One client address, one server ip:port, ${group(goal)} connections asked for; ${where(machine)}:`,
      '',
      ...table(['ip_local_port_range', 'ports', 'connections held', 'errors', 'blamed'], rows),
      '',
      'A port somebody listens on for that address is missing. The wide range begins below ports that services listen on, so that an',
      'outgoing connection can take one before the service starts: `tune` asks for `ip_local_reserved_ports` with it.',
      '',
      ...commands(['npm run evidence:article -- --only ports']),
    ],
  };
}
