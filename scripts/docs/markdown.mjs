/** The little Markdown that the generated pages need. */

/** A table cell: one line, and no bar that would end it. */
export const cell = (text) => text.replaceAll('\n', ' ').replaceAll('|', '\\|');

/** Plain text: what Markdown would take for a tag or for emphasis is escaped. */
export const prose = (text) => text.replace(/[<*\\`]/g, '\\$&');

export const code = (text) => `\`${text}\``;

/** Rows are arrays of cells; a column that is empty in every row is left out. */
export function table(header, rows) {
  const used = header.map((_, i) => rows.some((row) => row[i] !== ''));
  const line = (cells) =>
    `| ${cells
      .filter((_, i) => used[i])
      .map(cell)
      .join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export const bullets = (items) => items.map((item) => `- ${item}`).join('\n');

/** The anchor that GitHub and most renderers give to a heading: lower case, no punctuation but `-` and `_`. */
export const anchor = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(' ', '-')
    .replace(/[^\p{L}\p{N}_-]/gu, '');

export const link = (text, heading) => `[${text}](#${anchor(heading)})`;

/** Blocks with one empty line between them; empty blocks vanish. */
export const page = (blocks) => `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
