/** The workload of a soak: its steps, watched closely, between two readings of the kernel's counters. */
import type { HostReader } from '../../host/reader.ts';
import type { WorkloadName, WorkloadReport } from '../../model/soak-workload.ts';
import { movedCounters, parsePairedLines } from '../counters.ts';
import type { Crew } from '../crew.ts';
import { type Run, round } from '../run.ts';
import { broadcast } from './broadcast.ts';
import { burst } from './burst.ts';
import { gateway } from './gateway.ts';
import type { Done } from './outcome.ts';
import { reconnect } from './reconnect.ts';
import { slowReaders } from './slow-readers.ts';
import { createStage, type Stage } from './stage.ts';

/** Queues fill and drain within tenths of a second: the run's own samples would miss the peak. */
const LOOK_MS = 10;

const STEPS: Readonly<Record<Exclude<WorkloadName, 'idle'>, (stage: Stage) => Promise<Done>>> = {
  broadcast,
  burst,
  reconnect,
  'slow-readers': slowReaders,
  gateway,
};

export interface Worked {
  readonly report: WorkloadReport;
  readonly lost: number;
  /** Connections that are held besides those of the clients. */
  readonly besides: number;
  readonly isQuiet: boolean;
}

export async function runWorkload(run: Run, crew: Crew, host: HostReader): Promise<Worked | null> {
  const { options, machine, pageSize } = run.prepared;
  if (options.workload === 'idle') return null;
  const startMs = run.clock();
  let latest = run.look();
  const peak = { ...latest };
  const look = () => {
    latest = run.look();
    peak.pages = Math.max(peak.pages, latest.pages);
    peak.timeWait = Math.max(peak.timeWait, latest.timeWait);
  };
  const before = readTcp(host);
  const timer = setInterval(look, LOOK_MS);
  const stage = createStage(run, crew, () => latest.pages, machine.tcpMem?.[1] ?? null);
  try {
    const done = await STEPS[options.workload](stage);
    const counters = movedCounters(before, readTcp(host));
    const { connections, completed, timedOut, failures, lost, besides = 0, isQuiet } = done;
    return {
      lost,
      besides,
      isQuiet,
      report: {
        ...done.figures((name) => counters[name] ?? 0),
        startMs: round(startMs),
        durationMs: round(run.clock() - startMs),
        end: stage.end(),
        connections,
        completed,
        timedOut,
        failures,
        peak: { queuedBytes: peak.pages * pageSize, timeWait: peak.timeWait },
        counters,
      },
    };
  } finally {
    clearInterval(timer);
  }
}

function readTcp(host: HostReader): Readonly<Record<string, number>> {
  const text = (path: string) => {
    const result = host.read(path);
    return result.ok ? result.value : '';
  };
  return {
    ...parsePairedLines(text('/proc/net/netstat')),
    ...parsePairedLines(text('/proc/net/snmp')),
  };
}
