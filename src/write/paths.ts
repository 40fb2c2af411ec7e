/** Where tune keeps its state, and which files it may write at all. */

export const STATE = '/var/lib/tune';
export const JOURNALS = `${STATE}/journal`;
/** What `tune verify` found, one file for each run. */
export const REPORTS = `${STATE}/reports`;
export const LOCK = `${STATE}/lock`;
/** Below /proc/sys. */
export const BOOT_ID = 'kernel/random/boot_id';
export const STATE_MODE = 0o700;
export const JOURNAL_MODE = 0o600;

/** Directories whose files tune may create, replace and remove; nothing else is ever written. */
const TARGET =
  /^\/etc\/(?:sysctl\.d|security\/limits\.d|systemd\/(?:system|user)\.conf\.d|systemd\/system\/[A-Za-z0-9:_\\@-][A-Za-z0-9:_.\\@-]*\.service\.d|modules-load\.d|modprobe\.d)\/[A-Za-z0-9~_-][A-Za-z0-9~._-]*\.conf$/;

export function isTarget(path: string): boolean {
  return TARGET.test(path);
}

/** Hidden and not ending in `.conf`: no loader reads it, procps' sysctl (which reads hidden files) included. */
export function temporaryOf(path: string, id: string): string {
  return `${directoryOf(path)}/.${nameOf(path)}.tune-${id}`;
}

export function journalPath(id: string): string {
  return `${JOURNALS}/${id}.json`;
}

export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `/a/b/c` → `/`, `/a`, `/a/b`, `/a/b/c`. */
export function chainOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
}
