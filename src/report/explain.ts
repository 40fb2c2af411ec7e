/** All that is known about one key, and what it is here. */
import type { KeyOutcome } from '../boot/next-boot.ts';
import type { EvidenceVerdict } from '../model/evidence.ts';
import type { Fact } from '../model/fact.ts';
import type { BootPrediction, SettingFinding } from '../model/finding.ts';
import { formatRelation } from '../model/relation.ts';
import { procPath, type Tunable } from '../model/tunable.ts';
import { formatValue } from '../model/value.ts';
import { renderKey } from './boot.ts';
import { EVIDENCE_VERDICTS } from './evidence-page.ts';
import type { Palette } from './palette.ts';
import { hang } from './table.ts';
import { ABSENT, EFFECTS, nextBootText, REACHES, VERDICTS } from './wording.ts';

export interface Explanation {
  readonly tunable: Tunable;
  readonly fact: Fact | undefined;
  /** What the chosen profile says about it here; null when it does not speak of it. */
  readonly finding: SettingFinding | null;
  readonly profileName: string;
  readonly origin: string;
  /** The whole chain of lines that name it; null when no file does, or the boot is not modelled. */
  readonly outcome: KeyOutcome | null;
  readonly prediction: BootPrediction | null;
  /** What soaks with it and without it showed, for each shipped profile that sets it. */
  readonly evidence: readonly KnownEvidence[];
}

interface KnownEvidence {
  readonly profile: string;
  readonly verdict: EvidenceVerdict;
  readonly reason: string;
}

const LEAD = 12;

export function renderExplanation(explanation: Explanation, width: number, palette: Palette): string {
  const { tunable } = explanation;
  const columns = Math.min(Math.max(width, 60), 100);
  const item = (label: string, text: string) => hang(`${label.padEnd(LEAD - 1)} `, text, columns);
  const list = (label: string, texts: readonly string[]) =>
    texts.flatMap((text, i) => hang(`${(i === 0 ? label : '').padEnd(LEAD - 1)} `, `• ${text}`, columns));
  return [
    palette.bold(tunable.key),
    ...hang('', `${tunable.title}.`, columns),
    '',
    ...item('live', liveText(explanation.fact, explanation.origin)),
    ...wantedLines(explanation, item),
    ...item('next boot', nextBootText(explanation.prediction)),
    ...(explanation.outcome === null
      ? []
      : renderKey(explanation.outcome, columns - LEAD, palette).map((line) => ' '.repeat(LEAD) + line)),
    ...item('shape', shapeText(tunable)),
    ...item('reach', REACHES[tunable.reach]),
    ...item('felt', EFFECTS[tunable.effect]),
    ...item('bounds', boundsText(tunable)),
    ...list('accepts', tunable.silentlyAccepts),
    ...list('default', tunable.defaults.map(defaultText)),
    '',
    ...item('why', tunable.why),
    ...item('cost', tunable.cost),
    ...item('danger', tunable.danger),
    ...evidenceLines(explanation.evidence, list),
    ...list(
      'interlocks',
      tunable.interlocks.map((lock) => `${lock.key}: ${lock.why}`),
    ),
    '',
    ...list(
      'sources',
      tunable.sources.map((source) => `${source.kind}: ${source.ref}`),
    ),
    '',
  ].join('\n');
}

export function explanationToDocument({
  tunable,
  fact,
  finding,
  profileName,
  origin,
  prediction,
  evidence,
}: Explanation): unknown {
  const reading = fact?.reading;
  return {
    kind: 'tune-explain',
    schemaVersion: 1,
    key: tunable.key,
    title: tunable.title,
    path: procPath(tunable.key),
    unit: tunable.unit,
    shape: tunable.shape,
    reach: tunable.reach,
    effect: tunable.effect,
    access: tunable.access,
    since: tunable.since ?? null,
    until: tunable.until ?? null,
    bounds: { min: tunable.bounds.min?.toString() ?? null, max: tunable.bounds.max?.toString() ?? null },
    silentlyAccepts: tunable.silentlyAccepts,
    defaults: tunable.defaults,
    why: tunable.why,
    cost: tunable.cost,
    danger: tunable.danger,
    interlocks: tunable.interlocks,
    sources: tunable.sources,
    here: {
      origin,
      state: reading?.state ?? 'absent',
      live: reading?.state === 'value' ? formatValue(reading.value) : null,
      source: fact?.source ?? null,
    },
    nextBoot: nextBootText(prediction),
    profile: profileName,
    wanted: finding?.wanted ? formatRelation(finding.wanted) : null,
    verdict: finding?.verdict ?? null,
    remedy: finding?.remedy ? formatValue(finding.remedy) : null,
    evidence,
  };
}

function liveText(fact: Fact | undefined, origin: string): string {
  if (fact === undefined) return `not read (${origin})`;
  const { reading } = fact;
  switch (reading.state) {
    case 'value':
      return `${formatValue(reading.value) || '(empty)'}   from ${fact.source}, ${origin}`;
    case 'absent':
      return `absent: ${ABSENT[reading.reason]}`;
    case 'denied':
      return `denied (${reading.errno}): run as root`;
    case 'unparsable':
      return `not a value: "${reading.text}"`;
  }
}

function wantedLines(
  { finding, profileName }: Explanation,
  item: (label: string, text: string) => readonly string[],
): readonly string[] {
  if (finding === null) return item('wanted', `profile ${profileName} does not speak of it`);
  const wanted = finding.wanted === null ? '' : `${formatRelation(finding.wanted)}, `;
  const lines = item(
    'wanted',
    `${wanted}${VERDICTS[finding.verdict]} (profile ${profileName}, ${finding.setting.level})`,
  );
  const sums = finding.arithmetic.flatMap((text) => item('', text));
  return [
    ...lines,
    ...sums,
    ...item('', `${finding.setting.origin.file}:${finding.setting.origin.line}: ${finding.setting.why}`),
  ];
}

function evidenceLines(
  evidence: readonly KnownEvidence[],
  list: (label: string, texts: readonly string[]) => readonly string[],
): readonly string[] {
  return list(
    'evidence',
    evidence.map(({ profile, verdict, reason }) => {
      const page = verdict === 'not-measured' ? '' : ` (docs/evidence/${profile}.md)`;
      return `${profile}: ${EVIDENCE_VERDICTS[verdict]}: ${reason}${page}`;
    }),
  );
}

function shapeText({ shape, unit, access }: Tunable): string {
  const fields = shape.kind === 'tuple' ? ` (${shape.fields.join(', ')})` : '';
  return `${shape.kind}${fields}, in ${unit}${access === 'read-only' ? ', read-only' : ''}`;
}

function boundsText({ bounds }: Tunable): string {
  if (bounds.min === null && bounds.max === null) return 'the kernel refuses nothing of the right form';
  return `${bounds.min ?? 'no lower bound'} to ${bounds.max ?? 'no upper bound'}; the kernel refuses the rest`;
}

function defaultText({ from, until, value, how }: Tunable['defaults'][number]): string {
  const range =
    from && until ? `${from} to ${until}` : from ? `since ${from}` : until ? `until ${until}` : 'all kernels';
  return `${value ?? 'computed'} (${range}): ${how}`;
}
