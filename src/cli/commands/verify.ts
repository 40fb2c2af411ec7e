/** tune verify: did it survive, is it live, and do the sockets really hold. The report is kept. */
import { availableParallelism } from 'node:os';
import { linuxHost } from '../../host/linux.ts';
import { linuxWriter } from '../../host/linux-writer.ts';
import type { Journal } from '../../model/change.ts';
import { InputError } from '../../model/error.ts';
import type { Profile } from '../../model/profile.ts';
import type { VerifyReport } from '../../model/verify.ts';
import { unfinishedText } from '../../report/applied.ts';
import { renderVerify } from '../../report/verify-human.ts';
import { asVerifyDocument } from '../../report/verify-schema.ts';
import { soakCapacity } from '../../soak/capacity.ts';
import { soakOptions } from '../../soak/options.ts';
import { verify } from '../../verification/index.ts';
import { allJournals, saveReport, unfinished } from '../../write/index.ts';
import { exitOfVerdict } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { parseFlags, type VerifyFlags, verifyFlags } from '../options.ts';
import { isShipped, listShipped, loadProfile } from '../profiles.ts';
import { freshSeed, milliseconds, soakHere } from '../soaking.ts';
import { VERSION } from '../version.ts';

export async function runVerify(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(verifyFlags, raw);
  const host = linuxHost();
  const isRoot = host.self().uid === 0;
  const journals = readJournals(isRoot);
  const { profile, problem } = await wantedProfile(flags, journals);
  const each = flags['each-profile'] ? await listShipped() : [];
  const writer = isRoot ? await linuxWriter({ root: '/' }) : null;
  const report = await verify({
    ...{ host, writer, journals, profile, profileProblem: problem, each },
    goal: flags.goal === null ? null : Number(flags.goal),
    connections: flags.connections === null ? null : Number(flags.connections),
    quick: flags.quick,
    services: flags.service === undefined ? [] : [flags.service],
    version: VERSION,
    soakOptions: (connections, workload) =>
      soakOptions({
        goal: connections,
        mode: flags.spread ? 'spread' : 'strict',
        namespace: flags.namespace,
        holdMs: milliseconds(flags.hold),
        workload,
        force: flags.force,
        seed: freshSeed(),
      }),
    capacity: (options) => soakCapacity(options, host, availableParallelism()),
    soak: (options, title) => {
      if (each.length > 0) io.complain(`tune: the soak of ${title}\n`);
      return soakHere(options, io);
    },
  });
  if (writer !== null) keep(report, writer, io);
  io.print(
    flags.format === 'json'
      ? toJsonText(asVerifyDocument(report))
      : renderVerify(report, io.width, io.palette),
  );
  return exitOfVerdict(report.verdict.state);
}

/** What was applied is in root's own folder. A record that cannot be read could say anything, so nothing is judged by half. */
function readJournals(isRoot: boolean): readonly Journal[] | null {
  if (!isRoot) return null;
  const host = linuxHost();
  const all = allJournals(host);
  if (!all.ok) throw new InputError(`tune's records cannot be read: ${all.errno}`, 'verify');
  const [damaged] = all.value.unreadable;
  if (damaged !== undefined) {
    throw new InputError(
      `${damaged} is damaged or of another version of tune: put it right, or move it away and name the profile with --profile`,
      'verify',
    );
  }
  const open = unfinished(host);
  const text = open === null || open.why !== 'interrupted' ? null : unfinishedText(open);
  if (text !== null) throw new InputError(text, 'verify');
  return all.value.journals;
}

interface Wanted {
  readonly profile: Profile | null;
  readonly problem: string | null;
}

/** The profile named, or the one that was applied, which may have been a file. */
async function wantedProfile(flags: VerifyFlags, journals: readonly Journal[] | null): Promise<Wanted> {
  if (flags.profile !== undefined) return { profile: await loadProfile(flags.profile), problem: null };
  const applied = journals?.findLast(({ state }) => state === 'applied');
  if (applied === undefined) {
    throw new InputError(
      journals === null
        ? 'what was applied is recorded for root alone: run it as root, or name the profile with --profile'
        : 'nothing was applied here: run "tune apply" first, or name a profile to check against with --profile',
      'verify',
    );
  }
  const { name } = applied.profile;
  if (await isShipped(name)) return { profile: await loadProfile(name), problem: null };
  return { profile: null, problem: 'it came from a file: give that with --profile' };
}

function keep(report: VerifyReport, writer: Parameters<typeof saveReport>[0], io: Io): void {
  const saved = saveReport(writer, toJsonText(asVerifyDocument(report)));
  if (saved.ok) io.complain(`tune: kept as report ${saved.id}: "tune report" shows it again\n`);
  else io.complain(`tune: the report is not kept: ${saved.refusals.map(({ what }) => what).join(' ')}\n`);
}
