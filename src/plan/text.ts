/** Text that may stand in a configuration file: one line, printable, nothing that ends it early. */

/** Words of printable ASCII separated by single blanks; the first does not start a comment. */
export function isPlainText(text: string): boolean {
  return /^[\x21\x24-\x3a\x3c-\x7e][\x21-\x7e]*(?: [\x21-\x7e]+)*$/.test(text);
}

const ASCII: Readonly<Record<string, string>> = {
  '×': 'x',
  '≥': '>=',
  '≤': '<=',
  '→': '->',
  '–': '-',
  '’': "'",
};

/** Configuration files stay ASCII: who reads them, in which locale, is not ours to know. */
function toAscii(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => ASCII[character] ?? '?');
}

/** A paragraph as comment lines of at most `width` columns; control characters become blanks. */
export function comment(text: string, width = 100): readonly string[] {
  const words = toAscii(text)
    .replace(/[\s\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .split(' ');
  const lines: string[] = [];
  let line = '#';
  for (const word of words) {
    if (line.length > 1 && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return line === '# ' ? lines : [...lines, line];
}
