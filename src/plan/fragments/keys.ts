/** The keys that a file of ours sets, read back from its text: where no model of the boot says whose line decides. */

/** Each family's own syntax, as the other files of this folder write it. */
const LINES: readonly (readonly [pattern: RegExp, key: (match: RegExpExecArray) => string])[] = [
  [/^((?:fs|net|vm|kernel)\.\S+) = /, ([, key = '']) => key],
  [/^\* (soft|hard) (\w+) \S+$/, ([, type = '', item = '']) => `limit.${item}.${type}`],
  [/^DefaultLimitNOFILE=/, () => 'systemd.DefaultLimitNOFILE'],
  [/^LimitNOFILE=/, () => 'systemd.LimitNOFILE'],
];

export function keysIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) =>
    LINES.flatMap(([pattern, key]) => {
      const match = pattern.exec(line);
      return match === null ? [] : [key(match)];
    }),
  );
}
