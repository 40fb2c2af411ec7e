/** Colours by meaning, handed in by the CLI: reports are strings and never look at the terminal themselves. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const same = (text: string): string => text;

export const PLAIN: Palette = { good: same, bad: same, warn: same, dim: same, bold: same };
