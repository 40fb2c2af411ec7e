/** The files tune writes, their names, and a name that beats others. */

export const FILE_NAME = 'zz-tune.conf';

export type Family = 'sysctl' | 'limits' | 'system' | 'user' | 'service' | 'modules-load' | 'modprobe';

export interface FilePath {
  readonly directory: string;
  readonly name: string;
}

/** `nginx` → `nginx.service`. */
export function unitName(service: string): string {
  return service.endsWith('.service') ? service : `${service}.service`;
}

/** systemd.unit(5): letters, digits and `:-_.\@`; no slash, so it cannot leave its directory. */
export function isUnitName(service: string): boolean {
  return /^[A-Za-z0-9:_\\@-][A-Za-z0-9:_.\\@-]{0,246}\.service$/.test(unitName(service));
}

export function directoryOf(family: Family, service: string | null): string {
  switch (family) {
    case 'sysctl':
      return '/etc/sysctl.d';
    case 'limits':
      return '/etc/security/limits.d';
    case 'system':
      return '/etc/systemd/system.conf.d';
    case 'user':
      return '/etc/systemd/user.conf.d';
    case 'service':
      return `/etc/systemd/system/${unitName(service ?? '')}.d`;
    case 'modules-load':
      return '/etc/modules-load.d';
    case 'modprobe':
      return '/etc/modprobe.d';
  }
}

/**
 * The shortest name, starting from `zz-tune.conf`, that sorts after all of these as bytes (strcmp), as the loaders
 * sort; null when there is none of printable characters.
 */
export function nameThatBeats(names: readonly string[]): string | null {
  const after = (name: string) => names.every((other) => compareBytes(name, other) > 0);
  for (const letter of ['z', '~']) {
    for (let count = 2; count <= 64; count++) {
      const candidate = `${letter.repeat(count)}-tune.conf`;
      if (after(candidate)) return candidate;
    }
  }
  return null;
}

export function splitPath(path: string): FilePath {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash), name: path.slice(slash + 1) };
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
