/**
 * Columns that wrap inside themselves. Our texts are narrow (one cell per character), so this stays small: the
 * libraries for tables load the Unicode width tables, which alone cost more than the whole audit may.
 */

export interface Column {
  readonly width: number;
}

/** A cell's text is measured first and styled after, so colour never disturbs the columns. */
export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** Lines of one row, columns separated by one blank; nothing to the right of the last character. */
export function renderRow(columns: readonly Column[], cells: readonly Cell[]): readonly string[] {
  const wrapped = columns.map((column, i) => wrap(cells[i]?.text ?? '', column.width));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column, i) => {
        const text = wrapped[i]?.[line] ?? '';
        const style = cells[i]?.style ?? ((t: string) => t);
        const padding =
          i === columns.length - 1 ? '' : ' '.repeat(Math.max(0, column.width - [...text].length));
        return (text === '' ? '' : style(text)) + padding;
      })
      .join(' ')
      .trimEnd(),
  );
}

/** Breaks at blanks; a word longer than the width breaks after a dot, slash or underscore, or where it must. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const piece of paragraph.split(' ').flatMap((word) => breakWord(word, width))) {
      if (line === '') line = piece;
      else if ([...line].length + 1 + [...piece].length <= width) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    }
    lines.push(line);
  }
  return lines;
}

function breakWord(word: string, width: number): readonly string[] {
  const characters = [...word];
  if (characters.length <= width) return [word];
  const head = characters.slice(0, width).join('');
  const natural = Math.max(head.lastIndexOf('.'), head.lastIndexOf('/'), head.lastIndexOf('_')) + 1;
  const cut = natural > width / 3 ? natural : width;
  return [characters.slice(0, cut).join(''), ...breakWord(characters.slice(cut).join(''), width)];
}

/** A paragraph with a hanging indent: the first line starts with `lead`, the others below its text. */
export function hang(lead: string, text: string, width: number): readonly string[] {
  const indent = [...lead].length;
  return wrap(text, Math.max(20, width - indent)).map(
    (line, i) => (i === 0 ? lead : ' '.repeat(indent)) + line,
  );
}
