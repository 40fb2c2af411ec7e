/** tune explain KEY: what the catalogue knows, and the value here. */

import { pathOfKey } from '../../boot/key-space.ts';
import { predictBoot } from '../../boot/predict.ts';
import { diff } from '../../diff/index.ts';
import { bakedEvidence } from '../../evidence/shipped.ts';
import { gather } from '../../gather/index.ts';
import { InputError } from '../../model/error.ts';
import { CATALOGUE } from '../../pipeline.ts';
import { hint } from '../../profile/suggest.ts';
import { explanationToDocument, renderExplanation } from '../../report/explain.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { explainFlags, parseFlags } from '../options.ts';
import { chooseProfile } from '../profiles.ts';
import { chooseTarget } from '../target.ts';

export async function runExplain(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(explainFlags, raw);
  const key = canonicalKey(flags.key);
  const tunable = CATALOGUE.get(key);
  if (tunable === undefined)
    throw new InputError(`no such key "${flags.key}"${hint(key, [...CATALOGUE.keys()])}`, 'explain');
  const profile = await chooseProfile(flags.profile);
  const { host, subject, root } = await chooseTarget(flags);
  const snapshot = gather(host, subject, { root });
  const boot = predictBoot(snapshot, CATALOGUE);
  const mine = { ...profile, settings: profile.settings.filter((s) => s.key === key) };
  const [finding] = diff(snapshot, mine, {
    goal: flags.goal ?? profile.goal,
    tunables: CATALOGUE,
    predict: boot.predict,
    ignored: new Set(),
  });
  const explanation = {
    tunable,
    fact: snapshot.facts.get(key),
    finding: finding ?? null,
    profileName: profile.name,
    origin: snapshot.origin,
    outcome: boot.next?.keys.get(pathOfKey(key)) ?? null,
    prediction: boot.predict(key),
    evidence: bakedEvidence()[key] ?? [],
  };
  io.print(
    flags.format === 'json'
      ? toJsonText(explanationToDocument(explanation))
      : renderExplanation(explanation, io.width, io.palette),
  );
  return EXIT.asWanted;
}

/** Accepts the spellings people paste: net/ipv4/tcp_rmem and /proc/sys/net/ipv4/tcp_rmem. */
function canonicalKey(text: string): string {
  const path = text.replace(/^\/proc\/sys\//, '');
  return path.includes('/') ? path.replaceAll('/', '.') : path;
}
