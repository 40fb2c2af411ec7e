/** The accept queue as a rate: the arrivals that survive while the accept loop looks away. */
import { open, rateAt, type WallFamily, withNumber } from './context.ts';
import { group, setNow } from './terms.ts';

const NAME = {
  limit: 'accept queue',
  key: 'net.core.somaxconn',
  side: 'server',
  scope: 'listener',
  event: 'arrivals',
} as const;
/** How long the accept loop is taken to pause: a collection of garbage, a reload, a burst of other work. */
const PAUSE_SECONDS = 1n;

export const backlog: WallFamily = (context) =>
  withNumber(context, NAME, (max) => {
    if (max === 'unlimited') return [open(NAME, 'unlimited')];
    // sk_acceptq_is_full() asks for more than the backlog, so one more fits (net/sock.h).
    const queue = (max < 0n ? 0n : max) + 1n;
    const { target } = context.assumptions;
    const wanted = target / 15n > 65_535n ? 65_535n : target / 15n < 4_096n ? 4_096n : target / 15n;
    return [
      rateAt(NAME, queue / PAUSE_SECONDS, {
        current: `${max}`,
        arithmetic: `${group(queue)} waiting connections (somaxconn + 1) / a pause of ${PAUSE_SECONDS} s in the accept loop`,
        why: 'A full accept queue drops clients, who try again after one, three and seven seconds. A listener that asked for less in listen() has less.',
        raise:
          max >= wanted
            ? `Enough for ${group(target)} clients that come back within 15 s.`
            : `${setNow(NAME.key, wanted)}; the server must ask for as much in listen(), and listen again.`,
      }),
    ];
  });
