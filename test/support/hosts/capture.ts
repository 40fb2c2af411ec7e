/** Captures for fixtures: recorded through the same door and the same gathering as `tune capture` does it. */
import { gather } from '../../../src/gather/index.ts';
import { CAPTURE_SCHEMA_VERSION, type Capture } from '../../../src/host/capture.ts';
import { type MemoryHostParts, memoryHost } from '../../../src/host/memory.ts';
import { recorder } from '../../../src/host/recorded.ts';

export function captureOf(parts: MemoryHostParts): Capture {
  const { host, recording } = recorder(memoryHost(parts));
  const { takenAt } = gather(host, { by: 'parent' });
  return {
    kind: 'tune-capture',
    schemaVersion: CAPTURE_SCHEMA_VERSION,
    tuneVersion: '0.1.0',
    takenAt,
    hostName: null,
    subject: { by: 'parent' },
    recording,
  };
}

/** What scripts/vm/capture-raw.mjs writes: every path with its text, link target or errno. */
interface Raw {
  readonly paths: Readonly<
    Record<string, { readonly text?: string; readonly link?: string; readonly errno?: string }>
  >;
  readonly programs: Readonly<Record<string, string>>;
}

/** The shell on the serial console becomes the parent process. */
const SHELL = 4200;

export function rawToParts(raw: Raw): MemoryHostParts {
  const entries = Object.entries(raw.paths);
  const files = Object.fromEntries(
    entries.flatMap(([path, a]) => (a.text === undefined ? [] : [[path, a.text]])),
  );
  const links = Object.fromEntries(
    entries.flatMap(([path, a]) => (a.link === undefined ? [] : [[path, a.link]])),
  );
  const errors = Object.fromEntries(
    entries.flatMap(([path, a]) => (a.errno === undefined ? [] : [[path, a.errno]])),
  );
  const asShell = ['limits', 'cgroup', 'comm'].flatMap((name) => {
    const text = files[`/proc/self/${name}`];
    return text === undefined ? [] : [[`/proc/${SHELL}/${name}`, text]];
  });
  return {
    self: { pid: SHELL + 1, ppid: SHELL, uid: 0, arch: 'x64', pageSize: 4096, now: Date.UTC(2026, 10, 22) },
    files: { ...files, ...Object.fromEntries(asShell), [`/proc/${SHELL}/comm`]: 'sh\n' },
    links: {
      ...links,
      ...(links['/proc/self/ns/net'] ? { [`/proc/${SHELL}/ns/net`]: links['/proc/self/ns/net'] } : {}),
    },
    errors,
    writable: ['/proc/sys/net/core/somaxconn'],
    // Recorded as `ss -Hltn`, before UDP was asked for: the same lines without the first column.
    programs: { 'ss -Hltun': (raw.programs['ss -Hltn'] ?? '').replace(/^(?=LISTEN)/gm, 'tcp ') },
  };
}
