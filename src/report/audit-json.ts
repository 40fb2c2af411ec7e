/** The audit for a machine. Integers are decimal strings: 2^63-1 does not survive a JSON number. */

import type { Audit } from '../model/audit.ts';
import type { BootPrediction } from '../model/finding.ts';
import { formatRelation } from '../model/relation.ts';
import { formatValue, type Value } from '../model/value.ts';
import type { AuditDocument } from './audit-schema.ts';
import { recommendationDocument, unknownDocuments, wallDocument } from './walls-json.ts';

/** 2: `walls`, `wallsUnknown` and `recommendation` were added. */
export const AUDIT_SCHEMA_VERSION = 2;

export function auditToDocument(audit: Audit): AuditDocument {
  const { snapshot, profile } = audit;
  const { machine } = snapshot;
  return {
    kind: 'tune-audit',
    schemaVersion: AUDIT_SCHEMA_VERSION,
    takenAt: snapshot.takenAt,
    origin: snapshot.origin,
    asWanted: audit.asWanted,
    profile: { name: profile.name, file: profile.file, lineage: [...profile.lineage] },
    goal: audit.goal.toString(),
    machine: {
      kernelRelease: machine.kernelRelease,
      arch: machine.arch,
      bits: machine.bits,
      pageSize: machine.pageSize,
      cpus: machine.cpus,
      bootId: machine.bootId,
      memoryTotal: machine.memory.total.toString(),
      memoryAvailable: machine.memory.available.toString(),
      lowTotal: machine.memory.lowTotal?.toString() ?? null,
      distribution: machine.distribution,
      init: machine.init,
      sandbox: machine.sandbox,
      sandboxEvidence: machine.sandboxEvidence,
      initialNetns: machine.initialNetns,
      procSysWritable: machine.procSysWritable,
      conntrack: machine.conntrack,
      uid: machine.uid,
      subject: machine.subject,
    },
    settings: audit.settings.map((finding) => ({
      key: finding.setting.key,
      level: finding.setting.level,
      verdict: finding.verdict,
      live: finding.live === null ? null : formatValue(finding.live),
      wanted: finding.wanted === null ? null : formatRelation(finding.wanted),
      relation: finding.wanted?.kind ?? null,
      remedy: finding.remedy === null ? null : formatValue(finding.remedy),
      arithmetic: [...finding.arithmetic],
      boot: bootDocument(finding.boot),
      reason: finding.absent,
      detail: finding.detail,
      why: finding.setting.why,
      source: finding.setting.source,
      origin: finding.setting.origin,
    })),
    findings: audit.findings.map(({ code, severity, subject, what, remedy }) => ({
      code,
      severity,
      subject,
      what,
      remedy,
    })),
    unchecked: audit.unchecked.map(({ code, why }) => ({ code, why })),
    walls: audit.walls.connections.map(wallDocument),
    wallsUnknown: unknownDocuments(audit.walls),
    recommendation: recommendationDocument(audit.recommendation),
  };
}

function bootDocument(boot: BootPrediction | null): AuditDocument['settings'][number]['boot'] {
  if (boot === null) return null;
  const text = (value: Value | null) => (value === null ? null : formatValue(value));
  return {
    by: boot.by,
    value: text(boot.value),
    at: boot.at,
    manual: boot.manual === null ? null : { value: text(boot.manual.value), at: boot.manual.at },
    losing: boot.losing.map(({ at, text: written }) => ({ at, text: written })),
    later: [...boot.later],
    lateModule: boot.lateModule,
  };
}
