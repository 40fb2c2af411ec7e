/** Watches that the epoll sets of one user may hold: one per socket that the server has registered. */
import { open, type WallFamily, wallAt, withNumber } from './context.ts';
import { group, raiseFor, setNow } from './terms.ts';

const NAME = {
  limit: 'epoll watches',
  key: 'fs.epoll.max_user_watches',
  side: 'both',
  scope: 'user',
} as const;

export const epollWatches: WallFamily = (context) =>
  withNumber(context, NAME, (max) => {
    if (max === 'unlimited') return [open(NAME, 'unlimited')];
    const { target } = context.assumptions;
    return [
      wallAt(NAME, max, {
        current: `${max}`,
        arithmetic: `${group(max)} watches of one user, one per socket in an epoll set; clients of the same user that use epoll count, too`,
        why: 'Beyond it EPOLL_CTL_ADD fails with ENOSPC: the connection is accepted, and never heard. libuv, which Node is built on, aborts.',
        raise: raiseFor(max, target, setNow(NAME.key, (target * 12n) / 10n)),
      }),
    ];
  });
