/**
 * The shipped profiles. The build validates the YAML files and bakes them into the bundle as JSON, so that an audit
 * of a shipped profile loads neither the YAML reader nor zod; in the source tree they are read from the files.
 */
import type { ParsedDocument } from './document.ts';

/** Set by the build (scripts/build.mjs): the text of a `Record<name, ParsedDocument>` as `encodeShipped` writes it. */
declare const TUNE_SHIPPED_PROFILES: string | undefined;

export function bakedProfiles(): Readonly<Record<string, ParsedDocument>> | null {
  return typeof TUNE_SHIPPED_PROFILES === 'undefined' ? null : decodeShipped(TUNE_SHIPPED_PROFILES);
}

const BIGINT_MARK = '#';

export function encodeShipped(profiles: Readonly<Record<string, ParsedDocument>>): string {
  return JSON.stringify(profiles, (_, value: unknown) =>
    typeof value === 'bigint' ? `${BIGINT_MARK}${value}` : value,
  );
}

export function decodeShipped(text: string): Readonly<Record<string, ParsedDocument>> {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && /^#-?\d+$/.test(value) ? BigInt(value.slice(BIGINT_MARK.length)) : value,
  );
}
