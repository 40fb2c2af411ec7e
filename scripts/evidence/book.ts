/** The evidence on disk: docs/evidence/PROFILE.json as it grows, and its page. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareRuns,
  type Experiment,
  type ExperimentRuns,
  experimentsOf,
  planOrNone,
  settle,
} from '../../src/evidence/index.ts';
import {
  EVIDENCE_SCHEMA_VERSION,
  type EvidenceExperiment,
  type EvidenceReport,
} from '../../src/model/evidence.ts';
import { renderEvidencePage } from '../../src/report/evidence-page.ts';
import type { Probe } from './trial.ts';

export interface Book {
  readonly keep: (runs: ExperimentRuns, inputs: string) => EvidenceExperiment;
  /** True when the same was measured before, for this profile or for another. */
  readonly takeOver: (experiment: Experiment, inputs: string) => boolean;
  readonly write: () => void;
}

interface BookOptions {
  readonly folder: string;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly version: string;
  /** What is on disk counts as measured no more. */
  readonly isAgain: boolean;
}

interface Entry {
  readonly profile: string;
  readonly key: string;
  readonly experiment: EvidenceExperiment;
  /** False: taken over from an earlier day or another profile. */
  readonly isMeasured: boolean;
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

export function openBook({ folder, probes, version, isAgain }: BookOptions): Book {
  const path = (profile: string, ending: string) => join(folder, `${profile}.${ending}`);
  const old = new Map([...probes.keys()].map((profile) => [profile, readReport(path(profile, 'json'))]));
  const fresh: Entry[] = [];

  const measured = (key: string, inputs: string): EvidenceExperiment | undefined => {
    const before = isAgain ? [] : [...old.values()].flatMap((report) => experimentsIn(report, key));
    const now = fresh.filter((one) => one.key === key).map(({ experiment }) => experiment);
    return [...now, ...before].find((experiment) => experiment.inputs === inputs);
  };
  const reportOf = (profile: string, { goal, keys }: Probe): EvidenceReport => {
    const before = old.get(profile) ?? null;
    const settings = keys.map((key) => {
      const plan = planOrNone(key);
      const now = fresh.filter((one) => one.profile === profile && one.key === key);
      const all = [...now.map(({ experiment }) => experiment).reverse(), ...experimentsIn(before, key)];
      const kept = experimentsOf(plan, profile).flatMap((planned) => {
        const latest = all.find((experiment) => isOf(planned, experiment));
        return latest === undefined ? [] : [latest];
      });
      return settle(plan, kept);
    });
    const isFresh = fresh.some((one) => one.profile === profile && one.isMeasured);
    return {
      kind: 'tune-evidence',
      schemaVersion: EVIDENCE_SCHEMA_VERSION,
      profile,
      goal,
      measuredOn: before !== null && !isFresh ? before.measuredOn : new Date().toISOString().slice(0, 10),
      version,
      settings,
    };
  };

  return {
    keep: (runs, inputs) => {
      const experiment = compareRuns(runs, inputs);
      const { profile, key } = runs.experiment;
      fresh.push({ profile, key, experiment, isMeasured: true });
      return experiment;
    },
    takeOver: ({ profile, key }, inputs) => {
      const experiment = measured(key, inputs);
      if (experiment !== undefined) fresh.push({ profile, key, experiment, isMeasured: false });
      return experiment !== undefined;
    },
    write: () => {
      mkdirSync(folder, { recursive: true });
      for (const [profile, probe] of probes) {
        const report = reportOf(profile, probe);
        replace(path(profile, 'json'), `${JSON.stringify(report, null, 2)}\n`);
        replace(path(profile, 'md'), renderEvidencePage(report));
      }
    },
  };
}

function experimentsIn(report: EvidenceReport | null, key: string): readonly EvidenceExperiment[] {
  return report?.settings.find((setting) => setting.key === key)?.experiments ?? [];
}

/** The planned comparison, whenever it was measured; a machine may word the value in its own way. */
function isOf(planned: Experiment, experiment: EvidenceExperiment): boolean {
  const { place, workload, connections, comparison, also, withoutValue } = experiment;
  const isValue = planned.withoutValue === null || planned.withoutValue === withoutValue;
  return (
    place === planned.place &&
    workload === planned.workload &&
    connections === planned.connections &&
    comparison === planned.comparison &&
    JSON.stringify(also) === JSON.stringify(planned.also) &&
    (isValue || place === 'vm')
  );
}

function readReport(path: string): EvidenceReport | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as EvidenceReport;
  } catch {
    return null;
  }
}

/** Whole or not at all: a run may be interrupted at any moment. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
