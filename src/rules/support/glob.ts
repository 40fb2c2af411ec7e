/** glob(7) for a /proc/sys path: `*`, `?` and `[…]` never match a slash. A malformed pattern matches nothing. */
export function globMatches(pattern: string, path: string): boolean {
  const source = pattern.replace(/\[[!^]?\]?[^\]/]*\]|[\\^$.|+(){}*?[\]]/g, (token) => {
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1) {
      const negated = /^\[[!^]/.test(token);
      const body = token.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&');
      return `(?!/)[${negated ? '^' : ''}${body}]`;
    }
    return `\\${token}`;
  });
  try {
    return new RegExp(`^${source}$`).test(path);
  } catch {
    return false;
  }
}
