/** systemd-system.conf(5), systemd.exec(5): limits of services, which never pass through PAM. */
import { formatValue, type Value } from '../../model/value.ts';
import { type Author, type Fragment, renderFragment } from './fragment.ts';

/** select() breaks above 1024, so services that do not raise their own limit keep the usual soft one. */
const SOFT = 1024n;

export function managerFragment(author: Author, hard: Value, reason: string): Fragment {
  const soft = hard.kind === 'limit' && typeof hard.n === 'bigint' && hard.n < SOFT ? hard.n : SOFT;
  return renderFragment(
    author,
    [
      {
        key: 'systemd.DefaultLimitNOFILE',
        reason: `${reason} Written as soft:hard.`,
        lines: [`DefaultLimitNOFILE=${soft}:${formatValue(hard)}`],
      },
    ],
    '[Manager]',
  );
}

/** Both limits of the one service that was asked for: it is the one that holds the connections. */
export function serviceFragment(author: Author, unit: string, value: Value, reason: string): Fragment {
  return renderFragment(
    author,
    [
      {
        key: 'systemd.LimitNOFILE',
        reason: `For ${unit}. ${reason}`,
        lines: [`LimitNOFILE=${formatValue(value)}`],
      },
    ],
    '[Service]',
  );
}
