/** Connection tracking, where a firewall or NAT rule of this namespace uses it: one entry per connection. */
import { open, unknown, type WallContext, type WallFamily, wallAt, withNumber } from './context.ts';
import { group, raiseFor, setNow } from './terms.ts';

const NAME = {
  limit: 'connection tracking',
  key: 'net.netfilter.nf_conntrack_max',
  side: 'both',
  scope: 'namespace',
} as const;

export const conntrack: WallFamily = (context) => {
  switch (context.snapshot.machine.conntrack) {
    case 'absent':
      return [open(NAME, 'connection tracking is not loaded; a first firewall or NAT rule would load it')];
    case 'idle':
      return [open(NAME, 'no rule of this namespace tracks connections')];
    case 'unknown':
      return [unknown(NAME, 'whether connections are tracked could not be read')];
    case 'active':
      return active(context);
  }
};

function active(context: WallContext) {
  const { target } = context.assumptions;
  const used = context.snapshot.usage.trackedConnections;
  return withNumber(context, NAME, (max) => {
    if (max === 'unlimited' || max === 0n) return [open(NAME, '0 means no limit before Linux 7')];
    const wanted = (target * 3n) / 2n;
    const now = used === null ? '' : `; ${group(used)} entries now`;
    return [
      wallAt(NAME, max, {
        current: `${max}`,
        arithmetic: `${group(max)} entries, one per connection${now}`,
        why: 'A full table drops new connections: clients time out, and the server sees nothing.',
        raise: raiseFor(
          max,
          target,
          `${setNow(NAME.key, wanted)}; or do not track the service's port (nft: \`notrack\`)`,
        ),
      }),
    ];
  });
}
