/** Gathers a snapshot of a host through the reading door. Nothing here can write, by construction. */
import type { HostReader } from '../host/reader.ts';
import type { Fact } from '../model/fact.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { procPath } from '../model/tunable.ts';
import { TUNABLES } from '../tunables/index.ts';
import { gatherConfigLines } from './config-lines.ts';
import { gatherLimits, gatherSysctl } from './facts.ts';
import { gatherMachine } from './machine.ts';
import type { SubjectChoice } from './subject.ts';

/** @throws InputError when the process or service that the user named is not there. */
export function gather(host: HostReader, choice: SubjectChoice): Snapshot {
  const machine = gatherMachine(host, choice);
  const sysctls = TUNABLES.filter((t) => procPath(t.key) !== null).map((t) => gatherSysctl(host, machine, t));
  const limits = gatherLimits(
    host,
    machine,
    TUNABLES.filter((t) => t.key.startsWith('limit.')),
  );
  const facts = new Map<string, Fact>([...sysctls, ...limits].map((fact) => [fact.key, fact]));
  return {
    takenAt: new Date(host.self().now).toISOString(),
    origin: host.origin,
    machine,
    facts,
    configLines: gatherConfigLines(host),
  };
}
