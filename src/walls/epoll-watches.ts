/** Watches that the epoll sets of one user may hold: one per registered socket. */
import { open, type WallFamily, wallAt, withNumber } from './context.ts';
import { dividedByEnds, group, raiseFor, setNow } from './terms.ts';

const NAME = {
  limit: 'epoll watches',
  key: 'fs.epoll.max_user_watches',
  side: 'both',
  scope: 'user',
} as const;

export const epollWatches: WallFamily = (context) =>
  withNumber(context, NAME, (max) => {
    if (max === 'unlimited') return [open(NAME, 'unlimited')];
    const { ends, target } = context.assumptions;
    const at = max / BigInt(ends);
    return [
      wallAt(NAME, at, {
        current: `${max}`,
        arithmetic: `${group(max)} watches of one user, one per socket in an epoll set${dividedByEnds(ends)}`,
        why: 'Beyond it EPOLL_CTL_ADD fails with ENOSPC: the connection is accepted, and never heard.',
        raise: raiseFor(at, target, setNow(NAME.key, (target * BigInt(ends) * 12n) / 10n)),
      }),
    ];
  });
