/** What a capture must not carry: environments and boot parameters can hold secrets, so only the needed words stay. */

const CMDLINE_WORDS = /^(sysctl\.\S+|thash_entries=\S+|uhash_entries=\S+|systemd\.unit=\S+)$/;

/** The text as it may be written to a capture file. */
export function redact(path: string, text: string): string {
  if (/^\/proc\/\d+\/environ$/.test(path)) {
    return text
      .split('\0')
      .filter((variable) => variable.startsWith('container='))
      .join('\0');
  }
  if (path === '/proc/cmdline') {
    return text
      .split(/\s+/)
      .filter((w) => CMDLINE_WORDS.test(w))
      .join(' ');
  }
  return text;
}
