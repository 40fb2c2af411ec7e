/**
 * limits.conf(5): `*` for everybody and `root` by name, because Debian's pam_limits does not let `*` speak for root.
 * Values are plain decimal: `1M` would be read as 1, and with one open file nobody can log in.
 */
import { formatValue, type Value } from '../../model/value.ts';
import { type Author, type Fragment, renderFragment } from './fragment.ts';

export interface LimitLine {
  /** `limit.nofile.hard` and the like. */
  readonly key: string;
  readonly value: Value;
  readonly reason: string;
}

const DOMAINS = ['*', 'root'] as const;
/** limits.conf counts these in KiB, the kernel in bytes. */
const IN_KIB: readonly string[] = ['memlock'];

export function limitsFragment(author: Author, limits: readonly LimitLine[]): Fragment {
  return renderFragment(
    author,
    limits.map(({ key, value, reason }) => {
      const [, item = '', type = ''] = key.split('.');
      const number = limitNumber(item, value);
      return { key, reason, lines: DOMAINS.map((domain) => `${domain} ${type} ${item} ${number}`) };
    }),
  );
}

function limitNumber(item: string, value: Value): string {
  if (!IN_KIB.includes(item) || (value.kind !== 'limit' && value.kind !== 'integer'))
    return formatValue(value);
  return value.n === 'unlimited' ? 'unlimited' : ((value.n + 1023n) / 1024n).toString();
}
