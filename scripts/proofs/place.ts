/** What the two places have in common: how a run speaks, keeps its raw report, and describes its machine. */
import type { Proof } from './proof.ts';

export interface Run {
  /** One line of progress. */
  say(text: string): void;
  /** The whole report as the program printed it, kept out of the repository. */
  keep(report: string): void;
}

export type Finished = Pick<Proof, 'machine' | 'verdict' | 'survival' | 'soak'>;

export interface MachineTexts {
  /** As `uname -r` says it. */
  readonly kernel: string;
  readonly osRelease: string;
  readonly cpus: number;
  readonly meminfo: string;
  readonly emulated: boolean;
}

export function machineOf({ kernel, osRelease, cpus, meminfo, emulated }: MachineTexts): Proof['machine'] {
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  return {
    system: [field('NAME').replace(' GNU/Linux', ''), field('VERSION_ID')].join(' ').trim(),
    kernel: /^[\d.]+\d/.exec(kernel)?.[0] ?? kernel,
    cpus,
    memory: Number(/^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024,
    emulated,
  };
}
