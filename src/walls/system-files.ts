/** Open files of the whole host, less those that are open already. */
import type { LimitFinding } from '../model/wall.ts';
import { open, type WallFamily, wallAt, withNumber } from './context.ts';
import { dividedByEnds, group, raiseFor, setNow } from './terms.ts';

const NAME = { limit: 'open files of the host', key: 'fs.file-max', side: 'both', scope: 'host' } as const;

export const systemFiles: WallFamily = (context) =>
  withNumber(context, NAME, (max): readonly LimitFinding[] => {
    if (max === 'unlimited') return [open(NAME, 'unlimited')];
    const { assumptions, snapshot } = context;
    const used = snapshot.usage.openFiles;
    const ends = BigInt(assumptions.ends);
    const at = (max - (used ?? 0n)) / ends;
    const inUse = used === null ? 'what is in use is not known' : `${group(used)} in use`;
    const wanted = (assumptions.target * ends * 12n) / 10n + 100_000n;
    return [
      wallAt(NAME, at, {
        current: `${max}`,
        arithmetic: `${used === null ? `${group(max)}, ${inUse}` : `(${group(max)} − ${inUse})`}${dividedByEnds(assumptions.ends)}; one file per socket`,
        why: 'Sockets are files; beyond it socket() and accept() fail with ENFILE, except for processes with CAP_SYS_ADMIN.',
        raise: raiseFor(at, assumptions.target, setNow(NAME.key, wanted)),
      }),
    ];
  });
