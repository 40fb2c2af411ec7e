/** One line of limits.conf, as pam_limits of 1.5 and 1.7 reads it; they cut lines, words and long lines differently. */

export type PamRelease = '1.5' | '1.7';

export type LimitsLine =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'limit';
      readonly domain: Domain;
      readonly type: string;
      readonly item: string;
      readonly value: string;
    }
  /** `DOMAIN -`: whoever matches gets no limits at all, from any line. */
  | { readonly kind: 'stop'; readonly domain: Domain }
  | { readonly kind: 'malformed' }
  /** A domain with a colon that is not a range of numbers. */
  | { readonly kind: 'bad-range' };

export interface Domain {
  readonly text: string;
  /** `none`: a name. `exact`: `:500` (and `@:500`). `from`: `500:`. `between`: `500:600`. */
  readonly range: 'none' | 'exact' | 'from' | 'between';
  /** As unsigned 32-bit numbers, which is what uid_t makes of them. */
  readonly min: number;
  readonly max: number;
}

/** fgets of 1.5 reads at most this many bytes: a longer line goes on as another line. */
const BUFFER_15 = 1023;

export interface NumberedLine {
  readonly line: number;
  readonly text: string;
  /** True for what 1.5 takes for a line of its own and is the rest of a long one. */
  readonly continued: boolean;
}

/** The lines as the module gets them; a NUL ends a line early. */
export function splitLimits(release: PamRelease, text: string): readonly NumberedLine[] {
  return text.split('\n').flatMap((line, i) => {
    const pieces = release === '1.5' ? chop(line) : [line];
    return pieces.map((piece, n) => ({
      line: i + 1,
      text: piece.split('\0', 1)[0] ?? '',
      continued: n > 0,
    }));
  });
}

function chop(line: string): readonly string[] {
  const bytes = Buffer.from(line);
  if (bytes.length < BUFFER_15) return [line];
  const count = Math.ceil((bytes.length + 1) / BUFFER_15);
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * BUFFER_15, (i + 1) * BUFFER_15).toString('utf8'),
  );
}

export function readLimitsLine(release: PamRelease, line: string): LimitsLine {
  const text = line.replace(/^[ \t\n\v\f\r]+/, '').split('#', 1)[0] ?? '';
  if (text === '') return { kind: 'nothing' };
  const words = release === '1.5' ? text.split(/[ \t\n\v\f\r]+/).filter((w) => w !== '') : words17(text);
  const [name = '', type = '', item = '', value = ''] = words;
  const domain = readDomain(name);
  if (domain === null) return { kind: 'bad-range' };
  if (words.length >= 4) {
    return { kind: 'limit', domain, type: lower(type), item: lower(item), value: lower(value) };
  }
  if (words.length === 2 && type.startsWith('-')) return { kind: 'stop', domain };
  return { kind: 'malformed' };
}

/** 1.7 splits at blanks and tabs only, and the value is all of the rest. */
function words17(text: string): readonly string[] {
  const match = /^[ \t]*([^ \t]+)(?:[ \t]+([^ \t]+)(?:[ \t]+([^ \t]+)(?:[ \t]+(.*))?)?)?/s.exec(text);
  const rest = match?.[4]?.replace(/^[ \t]+|[ \t]+$/g, '');
  return [match?.[1], match?.[2], match?.[3], rest].filter((w): w is string => w !== undefined && w !== '');
}

/** tolower in whatever locale the service runs in: ASCII is all that matters to the names. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/** parse_uid_range; null for a bad one. */
export function readDomain(text: string): Domain | null {
  const name = { text, range: 'none', min: 0, max: 0 } as const;
  const colon = text.indexOf(':');
  if (colon === -1) return name;
  const start = /^[@%]/.test(text) ? 1 : 0;
  const low = text.slice(start, colon);
  const high = text.slice(colon + 1);
  const min = low === '' ? 0 : toUid(low);
  const max = high === '' ? 0 : toUid(high);
  if (min === null || max === null) return null;
  if (low === '') return high === '' ? null : { text, range: 'exact', min: max, max };
  return { text, range: high === '' ? 'from' : 'between', min, max };
}

/** strtoul base 10 of the whole word, then cut to 32 bits. */
function toUid(text: string): number | null {
  const match = /^[ \t\n\v\f\r]*([-+]?)([0-9]+)$/.exec(text);
  if (match === null) return null;
  const n = BigInt(match[2] ?? '0');
  if (n >= 1n << 64n) return null;
  return Number(BigInt.asUintN(32, match[1] === '-' ? -n : n));
}
