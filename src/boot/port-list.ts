/**
 * Writing a list of ports (ip_local_reserved_ports), as proc_do_large_bitmap takes it: number by number in any base C
 * knows, commas or newlines between, one page less a byte at a time. A page that is wrong stores nothing of itself,
 * but the pages before it stay. systemd goes on writing until all is taken; procps writes once and forgets the rest.
 */
import type { WriteOutcome } from '../model/kernel-syntax.ts';
import { MAX_PORT, mergeSpans, type PortSpan } from '../model/value.ts';
import type { LoaderName } from './sysctl-result.ts';

/** For the page size of x86 and most others. */
const PAGE = 4095;
const NUMBER_MAX = 20;

/** `text` with its final newline. */
export function writePortList(loader: LoaderName, text: string): WriteOutcome {
  const spans: PortSpan[] = [];
  let rest = text;
  let written = false;
  while (rest !== '') {
    const page = readPage(rest.slice(0, PAGE), rest.length > PAGE);
    if (page === null) {
      const partial = written ? { kind: 'portSet' as const, spans: mergeSpans(spans) } : null;
      return { outcome: 'rejected', errno: 'EINVAL', partial };
    }
    spans.push(...page.spans);
    written = true;
    rest = rest.slice(page.taken);
    if (loader === 'procps' || page.taken === 0) break;
  }
  return { outcome: 'stored', value: { kind: 'portSet', spans: mergeSpans(spans) }, ignored: rest.trim() };
}

interface Page {
  readonly spans: readonly PortSpan[];
  /** Characters consumed: where more follow, the number at the edge is left for the next page. */
  readonly taken: number;
}

function readPage(page: string, more: boolean): Page | null {
  const spans: PortSpan[] = [];
  let at = skipNewlines(page, 0);
  while (at < page.length) {
    const first = takePort(page, at, '-,\n');
    if (more && page.length - (first?.end ?? at) <= 1) return { spans, taken: at };
    if (first === null) return null;
    let last = first;
    if (page[first.end] === '-') {
      const second = takePort(page, first.end + 1, ',\n');
      if (more && second?.end === page.length) return { spans, taken: at };
      if (second === null || second.port < first.port) return null;
      last = second;
    }
    spans.push([first.port, last.port]);
    at = skipNewlines(page, Math.min(last.end + 1, page.length));
  }
  return { spans, taken: page.length };
}

/** proc_get_long: up to 20 characters, base by prefix, and one of `after` or the end behind it. */
function takePort(page: string, start: number, after: string): { port: number; end: number } | null {
  const digits = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(
    page.slice(start, start + NUMBER_MAX + 1),
  )?.[0];
  if (digits === undefined || digits.length > NUMBER_MAX) return null;
  const end = start + digits.length;
  const next = page[end];
  if (next !== undefined && !after.includes(next)) return null;
  const port = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  return port > MAX_PORT ? null : { port, end };
}

function skipNewlines(page: string, start: number): number {
  let at = start;
  while (page[at] === '\n') at++;
  return at;
}
