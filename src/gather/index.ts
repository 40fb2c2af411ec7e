/** Gathers a snapshot of a host through the reading door. Nothing here can write, by construction. */
import { keyPatterns } from '../boot/key-patterns.ts';
import type { HostReader } from '../host/reader.ts';
import type { Fact } from '../model/fact.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { procPath } from '../model/tunable.ts';
import { TUNABLES } from '../tunables/index.ts';
import { readBootFiles } from './boot-files.ts';
import { probeKeys } from './boot-keys.ts';
import { configLines } from './config-lines.ts';
import { gatherLimits, gatherSysctl } from './facts.ts';
import { gatherImage, gatherMachine } from './machine.ts';
import type { SubjectChoice } from './subject.ts';
import { gatherSystemd } from './systemd.ts';
import { gatherUsage } from './usage.ts';

export interface GatherOptions {
  /** Read the configuration files of an image or a mounted disk instead of the running host's; '' is the host. */
  readonly root?: string;
  /** Units whose own limits are looked at besides the subject's. */
  readonly units?: readonly string[];
}

/** @throws InputError when the process or service that the user named is not there. */
export function gather(host: HostReader, choice: SubjectChoice, options: GatherOptions = {}): Snapshot {
  const root = (options.root ?? '').replace(/\/+$/, '');
  const running = gatherMachine(host, choice);
  const machine = root === '' ? running : { ...running, ...gatherImage(host, root) };
  const { unit } = machine.subject;
  const files = readBootFiles(host, {
    root,
    units: [...(options.units ?? []), ...(unit === null ? [] : [unit])],
  });
  const sysctls = TUNABLES.filter((t) => procPath(t.key) !== null).map((t) => gatherSysctl(host, machine, t));
  const limits = gatherLimits(
    host,
    machine,
    TUNABLES.filter((t) => t.key.startsWith('limit.')),
  );
  const facts = new Map<string, Fact>([...sysctls, ...limits].map((fact) => [fact.key, fact]));
  for (const fact of gatherSystemd(files, machine, facts)) facts.set(fact.key, fact);
  return {
    takenAt: new Date(host.self().now).toISOString(),
    origin: host.origin,
    machine,
    facts,
    usage: gatherUsage(host),
    files,
    sysctlKeys: probeKeys(host, keyPatterns(files)),
    cmdline: bootParameters(host),
    configLines: configLines(files),
  };
}

function bootParameters(host: HostReader): string {
  const text = host.read('/proc/cmdline');
  return text.ok ? text.value.trim() : '';
}
