/** The terminal: results to stdout, progress and errors to stderr. */
import chalk, { Chalk } from 'chalk';
import type { Palette } from '../report/palette.ts';

export interface Io {
  /** Writes a result, whole: a reader that went away (a closed pipe) is not an error. */
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly palette: Palette;
  /** Columns of the terminal; 80 when there is none. */
  readonly width: number;
}

export function terminalIo(): Io {
  // NO_COLOR counts when it is there and not empty (no-color.org); chalk itself looks only at FORCE_COLOR and the terminal.
  const colour = process.env.NO_COLOR ? new Chalk({ level: 0 }) : chalk;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    palette: {
      good: (text) => colour.green(text),
      bad: (text) => colour.red(text),
      warn: (text) => colour.yellow(text),
      dim: (text) => colour.dim(text),
      bold: (text) => colour.bold(text),
    },
    width: process.stdout.columns ?? 80,
  };
}

/** One JSON document, two blanks deep, ending in a newline. */
export function toJsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
