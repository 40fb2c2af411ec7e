/** tune walls: at how many connections this host stops, on what, by which arithmetic, and what raises each. */
import { gather } from '../../gather/index.ts';
import { renderWalls } from '../../report/walls-human.ts';
import { wallsToDocument } from '../../report/walls-json.ts';
import { wallsBelow } from '../../report/walls-wording.ts';
import { DEFAULT_ASSUMPTIONS, findWalls } from '../../walls/index.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { parseFlags, wallsFlags } from '../options.ts';
import { chooseTarget } from '../target.ts';

export async function runWalls(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(wallsFlags, raw);
  const { host, subject, root } = await chooseTarget(flags);
  const snapshot = gather(host, subject, { root });
  const walls = findWalls(snapshot, {
    target: flags.goal ?? DEFAULT_ASSUMPTIONS.target,
    idleBytes: flags['idle-bytes'] ?? DEFAULT_ASSUMPTIONS.idleBytes,
    busy: flags.busy ?? DEFAULT_ASSUMPTIONS.busy,
    ends: flags.loopback ? 2 : 1,
  });
  const report = { snapshot, walls, goal: flags.goal, side: flags.side };
  io.print(
    flags.format === 'json'
      ? toJsonText(wallsToDocument(report))
      : renderWalls(report, { width: io.width, palette: io.palette }),
  );
  return wallsBelow(report).length > 0 ? EXIT.notAsWanted : EXIT.asWanted;
}
