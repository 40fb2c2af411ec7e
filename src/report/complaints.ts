/** Words for what is wrong with configuration files; every code is spelled out, so a new one without words does not compile. */
import type { Complaint, ComplaintCode } from '../boot/complaint.ts';
import type { RuleFinding } from '../model/finding.ts';

interface Words {
  /** What is, without the place. `detail` is the complaint's argument or a dash. */
  readonly what: (detail: string) => string;
  readonly remedy: string;
}

const FIX_LINE = 'Write it as `key = value`, or make it a comment with `#`.';
const REMOVE_OR_FIX = 'Correct the key, or remove the line.';

const WORDS: Readonly<Record<ComplaintCode, Words>> = {
  'cannot-open': {
    what: (d) => `it cannot be read (${d}), so nothing in it counts`,
    remedy: 'Give it mode 0644, or remove it.',
  },
  'dangling-symlink': {
    what: () => 'it is a symlink to nothing, and still hides a file of the same name in a lower folder',
    remedy: 'Remove the link, or make it point to /dev/null if hiding is what you want.',
  },
  'not-a-regular-file': {
    what: () => 'it is not a regular file; a loader may wait on it for ever',
    remedy: 'Remove it.',
  },
  'too-big': {
    what: () => 'it is too large to be read here, so what it sets is not known',
    remedy: 'Make it smaller.',
  },
  'and-more': {
    what: (d) => `${d} more complaints about this file are left out`,
    remedy: 'Mend the ones above first.',
  },
  'too-many-entries': {
    what: () => 'it makes more writes than are modelled here',
    remedy: 'Use fewer globs.',
  },
  'hidden-file': {
    what: () => 'its name begins with a dot: systemd-sysctl passes over it, and `sysctl --system` applies it',
    remedy: 'Rename or remove it, so that both do the same.',
  },
  'wrong-suffix': {
    what: () => 'its name does not end in .conf, so nobody reads it',
    remedy: 'Rename it if it is meant to count.',
  },
  'never-read': {
    what: (d) => `${d} never reads this file, so its settings are gone after a reboot`,
    remedy: 'Move its lines to a file in /etc/sysctl.d.',
  },
  'invalid-utf8': { what: () => 'it holds bytes that are not UTF-8', remedy: 'Save it as UTF-8.' },
  'nul-byte': { what: () => 'it holds a NUL byte, where loaders stop reading', remedy: 'Remove the byte.' },
  'byte-order-mark': {
    what: () => 'it begins with a byte-order mark, which spoils its first line',
    remedy: 'Save it without one.',
  },
  'line-too-long': {
    what: () => 'a line is too long, and the loader stops there',
    remedy: 'Break it into several settings.',
  },
  'not-an-assignment': { what: () => 'it is not a setting', remedy: FIX_LINE },
  'no-such-key': { what: (d) => `this kernel has no ${d}`, remedy: REMOVE_OR_FIX },
  'glob-hits-nothing': { what: () => 'its pattern matches no key', remedy: REMOVE_OR_FIX },
  'glob-too-large': {
    what: () => 'its pattern matches more keys than the loader takes',
    remedy: 'Use a narrower pattern.',
  },
  'interface-name-has-dot': {
    what: (d) => `it hits nothing (${d}): a dot in an interface’s name must be written as a slash`,
    remedy: 'Write `net.ipv4.conf.eth0/100.key`, or all of it with slashes.',
  },
  'names-a-directory': { what: (d) => `${d} is a folder, not a key`, remedy: REMOVE_OR_FIX },
  'read-only-key': { what: (d) => `${d} can only be read`, remedy: 'Remove the line.' },
  'path-not-normalized': {
    what: (d) => `${d} is not a plain path, and the loader refuses it`,
    remedy: REMOVE_OR_FIX,
  },
  'outside-proc-sys': {
    what: (d) => `${d} leads out of /proc/sys, and is refused`,
    remedy: 'Remove the line.',
  },
  'repeated-separators': { what: () => 'it has two separators in a row', remedy: 'Write one.' },
  'erased-by-exclusion': {
    what: (d) => `it excludes the key from globs, and systemd-sysctl takes that for erasing ${d} as well`,
    remedy: 'Put the setting below the exclusion.',
  },
  'exclusion-matches-nothing': {
    what: () => 'it excludes a key that no pattern would set',
    remedy: 'Remove the line.',
  },
  'loader-crashes': { what: () => 'systemd-sysctl crashes on it', remedy: REMOVE_OR_FIX },
  'value-refused': {
    what: (d) => `the kernel refuses its value (${d})`,
    remedy: 'Plain numbers only: no quotes, commas, units or trailing comment.',
  },
  'value-partly-stored': {
    what: (d) => `the kernel refuses its value (${d}) after storing the fields before the fault`,
    remedy: 'Correct the value: the key is left half changed.',
  },
  'value-cut-short': { what: () => 'its value is too long and is cut', remedy: 'Shorten it.' },
  'text-after-value': {
    what: (d) => `the kernel ignores the text after the value: "${d}"`,
    remedy: 'Remove that text.',
  },
  'module-loads-later': {
    what: (d) => `the module ${d} is loaded after the files are applied, so the setting is missed at boot`,
    remedy: 'Name the module in /etc/modules-load.d/tune.conf.',
  },
  'invalid-line': {
    what: () => 'it is not a limit: domain, type, item and value are needed',
    remedy: 'Correct or remove the line.',
  },
  'invalid-range': {
    what: () => 'its range of ids is not one',
    remedy: 'Write `min:max` with plain numbers.',
  },
  'unknown-item': {
    what: (d) => `there is no limit called "${d}", and the line is passed over in silence`,
    remedy: 'The one for open files is `nofile`.',
  },
  'unknown-type': { what: (d) => `there is no type "${d}"`, remedy: 'Write soft, hard or -.' },
  'not-a-number': { what: (d) => `"${d}" is not a number`, remedy: 'Write plain digits, or unlimited.' },
  'number-cut-short': {
    what: (d) => `only the digits in front count: "${d}"`,
    remedy: 'Write the whole number: suffixes such as K and M are not known here, and `1M` means 1.',
  },
  'negative-number': { what: (d) => `"${d}" is negative`, remedy: 'Write unlimited, or a number.' },
  'soft-above-hard': {
    what: (d) => `the soft limit is above the hard one: ${d}`,
    remedy: 'Raise the hard limit, or lower the soft one.',
  },
  'limit-refused': {
    what: (d) =>
      `the kernel refuses this limit (${d}): it is above fs.nr_open, or the session may not raise it`,
    remedy: 'Raise fs.nr_open at boot first, or lower the limit.',
  },
  'logins-refused': {
    what: () => 'with it every login of this kind is refused',
    remedy: 'Correct it before you log out.',
  },
  'too-few-files': {
    what: (d) => `with ${d} open files no session can be opened`,
    remedy: 'Write the whole number: `1M` means 1.',
  },
  'group-only-for-logins': {
    what: () => 'a group with % counts for maxlogins only',
    remedy: 'Write @group.',
  },
  'stops-all-limits': {
    what: () => 'it frees its users from every limit of these files',
    remedy: 'Remove it if that is not meant.',
  },
  'line-split': { what: () => 'it is too long and is read as two lines', remedy: 'Shorten it.' },
  'outside-section': {
    what: (d) =>
      `it stands before any section, so systemd ignores it`.concat(d === '–' ? '' : `; it belongs to [${d}]`),
    remedy: 'Put it under its section.',
  },
  'wrong-section': {
    what: (d) => `it stands in [${d}], where systemd ignores it`,
    remedy: 'Move it to [Service] or [Manager].',
  },
};

/** A complaint as a finding of the audit, its code prefixed with `file-`. */
export function complaintFinding({ code, severity, file, line, text, detail }: Complaint): RuleFinding {
  const where = line === null ? file : `${file}:${line}`;
  const words = WORDS[code];
  const shown = text === null ? '' : ` \`${text.trim().slice(0, 80)}\``;
  return {
    code: `file-${code}`,
    severity,
    subject: where,
    what: `${where}${shown}: ${words.what(detail ?? '–')}.`,
    remedy: words.remedy,
  };
}
