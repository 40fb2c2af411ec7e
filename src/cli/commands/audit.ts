/** tune audit: is this host ready, what is not, and why it matters. */
import { audit, CATALOGUE } from '../../pipeline.ts';
import { renderAudit } from '../../report/audit-human.ts';
import { auditToDocument } from '../../report/audit-json.ts';
import { RULES } from '../../rules/index.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { auditFlags, checkKnown, parseFlags } from '../options.ts';
import { chooseProfile, listShipped, wasApplied } from '../profiles.ts';
import { chooseTarget } from '../target.ts';

export async function runAudit(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(auditFlags, raw);
  const profile = await chooseProfile(flags.profile);
  const keys = profile.settings.map((s) => s.key);
  checkKnown('--only', flags.only, keys, `profile ${profile.name} has no such key:`);
  checkKnown('--ignore', flags.ignore, [...CATALOGUE.keys(), ...RULES.map((r) => r.code)], 'key or rule');
  const { host, subject, root } = await chooseTarget(flags);
  const isThisHost = flags.host === undefined && flags.sysctl === undefined;
  const isChosen = flags.profile !== undefined || (isThisHost && (await wasApplied()));
  const result = audit({
    host,
    subject,
    root,
    profile,
    goal: flags.goal,
    only: flags.only,
    ignore: flags.ignore,
    ...(isChosen ? {} : { candidates: await listShipped() }),
  });
  io.print(
    flags.format === 'json'
      ? toJsonText(auditToDocument(result))
      : renderAudit(result, { width: io.width, palette: io.palette, all: flags.all }),
  );
  return result.asWanted ? EXIT.asWanted : EXIT.notAsWanted;
}
