/** The few forms the page is made of. */
import { median } from '../tools/statistics.mjs';

/** `1,048,576`; a bigint for what a number cannot hold exactly. */
export const group = (n) => (typeof n === 'bigint' ? n : Math.round(n)).toLocaleString('en-US');

/** `12 %`, `1.8 %`: two digits that mean something. */
export const percent = (share) => {
  const value = Math.abs(share * 100);
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} %`;
};

export const times = (ratio) => `${ratio >= 10 ? group(ratio) : ratio.toFixed(ratio >= 2 ? 1 : 2)} ×`;

export const milliseconds = (ms) => `${ms >= 100 ? group(ms) : ms.toFixed(1)} ms`;

export const gib = (bytes) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
export const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** `1 KiB`, `64 KiB`, `1 MiB`: sizes that are whole in their unit. */
export const size = (bytes) => {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${group(bytes)} B`;
};

/** The median, and beside it the least and the most of all runs. */
export function spread(list, show) {
  const [least, most] = [Math.min(...list), Math.max(...list)];
  return list.length === 1 || least === most
    ? show(median(list))
    : `${show(median(list))} (${show(least)} … ${show(most)})`;
}

export function table(columns, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}

export const code = (text) => `\`${text}\``;

/** Every command once, as a block to copy. */
export const commands = (list) => ['Measured with:', '', ...[...new Set(list)].map((c) => `    ${c}`)];

/** `on a machine with …, kernel 6.12, 2026-11-24`. */
export const where = ({ place, kernel, measuredOn }) => `on ${place}, kernel ${kernel}, ${measuredOn}`;

export const whereFirst = (figures) => where(figures).replace('on', 'On');
