/**
 * Text with raw bytes in it, so that a case stays readable JSON: the characters U+F780–U+F7FF stand for the bytes
 * 0x80–0xFF, everything else for its UTF-8.
 */
export const RAW_BASE = 0xf700;

export function bytesOf(text: string): Buffer {
  return Buffer.concat(
    [...text].map((c) => {
      const code = c.codePointAt(0) ?? 0;
      return code >= 0xf780 && code <= 0xf7ff ? Buffer.from([code - RAW_BASE]) : Buffer.from(c);
    }),
  );
}

/** As the host reader would give it: decoded, with U+FFFD for what is not UTF-8. */
export function decoded(text: string): string {
  return bytesOf(text).toString('utf8');
}
