/** The soak's progress on stderr: one line that rewrites itself on a terminal, a plain line now and then otherwise. */
import { grouped, PHASES } from '../report/soak-wording.ts';
import type { SoakProgress } from '../soak/progress.ts';

const BAR = 20;
const PLAIN_EVERY_MS = 5000;

export interface ProgressLine {
  readonly show: (progress: SoakProgress) => void;
  /** Leaves the terminal on a fresh line. */
  readonly end: () => void;
}

export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  return stream.isTTY ? rewriting(stream) : plain(stream);
}

function rewriting(stream: NodeJS.WriteStream): ProgressLine {
  let drawn = false;
  return {
    show: (progress) => {
      const text = describe(progress, true).slice(0, (stream.columns ?? 80) - 1);
      stream.write(`\r\u001b[K${text}`);
      drawn = true;
    },
    end: () => {
      if (drawn) stream.write('\r\u001b[K');
    },
  };
}

function plain(stream: NodeJS.WriteStream): ProgressLine {
  let last = { phase: '', at: Number.NEGATIVE_INFINITY };
  return {
    show: (progress) => {
      if (progress.phase === last.phase && progress.elapsedMs - last.at < PLAIN_EVERY_MS) return;
      last = { phase: progress.phase, at: progress.elapsedMs };
      stream.write(`${describe(progress, false)}\n`);
    },
    end: () => undefined,
  };
}

/** `connecting [#####     ] 250,000/500,000 32,100/s ETA 8 s, tightest limit.nofile.hard 53%` */
export function describe(progress: SoakProgress, withBar: boolean): string {
  const { phase, done, goal, perSecond, etaSeconds, tightest } = progress;
  const filled = goal > 0 ? Math.min(BAR, Math.floor((done / goal) * BAR)) : 0;
  return [
    PHASES[phase],
    withBar ? `[${'#'.repeat(filled)}${' '.repeat(BAR - filled)}]` : null,
    `${grouped(done)}/${grouped(goal)}`,
    perSecond > 0 ? `${grouped(perSecond)}/s` : null,
    etaSeconds !== null && etaSeconds > 0 ? `ETA ${etaSeconds} s` : null,
    tightest === null
      ? null
      : `tightest ${tightest.key} ${Math.round((tightest.used / tightest.max) * 100)}%`,
  ]
    .filter((part) => part !== null)
    .join(' ');
}
