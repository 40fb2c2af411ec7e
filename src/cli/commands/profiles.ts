/** tune profiles: the shipped ones; tune profiles show NAME: one of them, resolved for this host. */
import { diff } from '../../diff/index.ts';
import { gather } from '../../gather/index.ts';
import { CATALOGUE } from '../../pipeline.ts';
import {
  profileListToDocument,
  profileToDocument,
  renderProfile,
  renderProfileList,
} from '../../report/profiles.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { parseFlags, profilesFlags } from '../options.ts';
import { listShipped, loadProfile } from '../profiles.ts';
import { chooseTarget } from '../target.ts';

export async function runProfilesList(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(profilesFlags, raw);
  const profiles = await listShipped();
  io.print(
    flags.format === 'json'
      ? toJsonText(profileListToDocument(profiles))
      : renderProfileList(profiles, io.width, io.palette),
  );
  return EXIT.asWanted;
}

export async function runProfilesShow(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(profilesFlags, raw);
  const profile = await loadProfile(flags.name ?? '', 'profiles show');
  const { host, subject, root } = await chooseTarget(flags);
  const goal = flags.goal ?? profile.goal;
  const findings = diff(gather(host, subject, { root }), profile, {
    goal,
    tunables: CATALOGUE,
    predict: () => null,
    ignored: new Set(),
  });
  io.print(
    flags.format === 'json'
      ? toJsonText(profileToDocument(profile, goal, findings))
      : renderProfile(profile, goal, findings, io.width, io.palette),
  );
  return EXIT.asWanted;
}
