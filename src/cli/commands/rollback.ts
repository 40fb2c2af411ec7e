/** tune rollback, tune confirm, tune history. */

import { below } from '../../host/below.ts';
import { linuxHost } from '../../host/linux.ts';
import { linuxWriter } from '../../host/linux-writer.ts';
import { InputError } from '../../model/error.ts';
import { renderHistory } from '../../report/applied.ts';
import { leftoverLines, renderRefusals } from '../../report/plan.ts';
import { confirm, history, type RollbackResult, revertUnconfirmed, rollback } from '../../write/index.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { confirmFlags, historyFlags, parseFlags, rollbackFlags } from '../options.ts';
import { checkRoot } from '../target.ts';

export async function runRollback(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(rollbackFlags, raw);
  const root = checkRoot(flags.root, false);
  const writer = await linuxWriter({ root: root === '' ? '/' : root });
  if (writer.uid !== 0)
    throw new InputError('run it as root: what was applied is root’s to undo', 'rollback');
  const late = flags['if-unconfirmed'];
  const result =
    late === undefined
      ? rollback(writer, { to: flags.to ?? null, force: flags.force, cause: 'rollback' })
      : revertUnconfirmed(writer, late);
  if (flags.format === 'json') io.print(toJsonText({ kind: 'tune-rollback', schemaVersion: 1, ...result }));
  else say(result, io);
  if (result.outcome === 'stopped') return EXIT.partWay;
  if (result.outcome === 'refused') return EXIT.couldNotRun;
  return result.outcome === 'rolled-back' && result.kept.length > 0 ? EXIT.notAsWanted : EXIT.asWanted;
}

function say(result: RollbackResult, io: Io): void {
  switch (result.outcome) {
    case 'nothing-to-do':
      io.print('Nothing to undo.\n');
      return;
    case 'refused':
      io.complain(renderRefusals(result.refusals, [], io.width, io.palette));
      return;
    case 'rolled-back':
      io.print(
        [
          `Undone: ${result.ids.join(', ')}. Put back: ${result.restored.join(', ') || 'nothing'}.`,
          ...result.kept.map(
            (k) =>
              `Left alone, since somebody changed it: ${k.subject} is ${k.found}, was to be ${k.wouldBe} (--force puts it back).`,
          ),
          '',
        ].join('\n'),
      );
      return;
    case 'stopped':
      io.complain(
        [
          `tune: not everything could be put back; the journal is ${result.journal}`,
          ...leftoverLines(result.leftovers, io.width),
          '',
        ].join('\n'),
      );
  }
}

export async function runConfirm(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(confirmFlags, raw);
  const writer = await linuxWriter({ root: '/' });
  if (writer.uid !== 0) throw new InputError('run it as root', 'confirm');
  const result = confirm(writer);
  if (flags.format === 'json') io.print(toJsonText({ kind: 'tune-confirm', schemaVersion: 1, ...result }));
  else if (result.outcome === 'confirmed') io.print(`Confirmed: ${result.id} stays.\n`);
  else if (result.outcome === 'nothing-to-do') io.print('Nothing waits to be confirmed.\n');
  else io.complain(renderRefusals(result.refusals, [], io.width, io.palette));
  return result.outcome === 'refused' ? EXIT.couldNotRun : EXIT.asWanted;
}

export async function runHistory(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(historyFlags, raw);
  const past = history(below(linuxHost(), checkRoot(flags.root, false)));
  if (!past.readable)
    throw new InputError(`the journals cannot be read (${past.errno}): run it as root`, 'history');
  io.print(
    flags.format === 'json'
      ? toJsonText({
          kind: 'tune-history',
          schemaVersion: 1,
          entries: past.entries,
          unreadable: past.unreadable,
        })
      : renderHistory(past.entries, past.unreadable, io.width, io.palette),
  );
  return EXIT.asWanted;
}
