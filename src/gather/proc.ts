/** Small parsers for the /proc files that many gatherers need. Pure text to data; formats as in proc(5). */

/** `Key:   123 kB` lines (meminfo, status) as a map from key to the text after the colon. */
export function parseColonLines(text: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) map.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return map;
}

/** A `123 kB` field in bytes; null when it is missing or not in that form. */
export function parseKilobytes(text: string | undefined): bigint | null {
  const match = /^(\d+) kB$/.exec(text ?? '');
  return match?.[1] === undefined ? null : BigInt(match[1]) * 1024n;
}

/** `KEY=value` and `KEY="value"` lines (os-release). */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z0-9_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    if (match?.[1] !== undefined) map.set(match[1], match[2] ?? match[3] ?? match[4] ?? '');
  }
  return map;
}

export interface ProcessLimit {
  readonly soft: string;
  readonly hard: string;
}

/** /proc/PID/limits: fixed-width columns whose names contain blanks, so it is read from the right. */
export function parseLimits(text: string): ReadonlyMap<string, ProcessLimit> {
  const map = new Map<string, ProcessLimit>();
  for (const line of text.split('\n').slice(1)) {
    const match = /^(\S.*?)\s{2,}(unlimited|\d+)\s+(unlimited|\d+)(?:\s+\S+)?\s*$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined && match[3] !== undefined) {
      map.set(match[1], { soft: match[2], hard: match[3] });
    }
  }
  return map;
}

/** The parent in /proc/PID/stat; the name before it may hold blanks and parentheses. */
export function parseParentPid(stat: string): number | null {
  const match = /^\S+ \S+ (\d+)/.exec(stat.slice(stat.lastIndexOf(')')));
  return match?.[1] === undefined ? null : Number(match[1]);
}
