/** What the process runs inside. A marker file proves nothing by itself: namespaces and the kernel's own words do. */
import type { HostReader } from '../host/reader.ts';
import type { Sandbox } from '../model/machine.ts';

/** Inode of the initial PID namespace, a constant of the kernel (PROC_PID_INIT_INO). */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';
/** gVisor reports this build date whatever its version (pkg/sentry/.../version.go). */
const GVISOR_VERSION = 'Sun Jan 10 15:06:54 PST 2016';

export interface SandboxFinding {
  readonly sandbox: Sandbox;
  readonly evidence: string | null;
}

export function detectSandbox(host: HostReader): SandboxFinding {
  const version = host.read('/proc/version');
  const release = host.read('/proc/sys/kernel/osrelease');
  if (version.ok && version.value.includes(GVISOR_VERSION)) {
    return { sandbox: 'gvisor', evidence: '/proc/version carries the fixed build date of gVisor' };
  }
  if (release.ok && /gvisor/i.test(release.value)) {
    return { sandbox: 'gvisor', evidence: `kernel release ${release.value.trim()}` };
  }
  if (release.ok && /microsoft|WSL/i.test(release.value)) {
    return {
      sandbox: /WSL2|microsoft-standard/.test(release.value) ? 'wsl2' : 'wsl1',
      evidence: release.value.trim(),
    };
  }
  if (exists(host, '/proc/vz') && !exists(host, '/proc/bc'))
    return { sandbox: 'openvz', evidence: '/proc/vz without /proc/bc' };
  return detectContainer(host);
}

function detectContainer(host: HostReader): SandboxFinding {
  const initialPidns = host.readlink('/proc/self/ns/pid');
  const isInitial = initialPidns.ok && initialPidns.value === INITIAL_PID_NAMESPACE;
  const manager = host.read('/run/systemd/container');
  const environment = host.read('/proc/1/environ');
  const named = manager.ok
    ? manager.value.trim()
    : environment.ok
      ? /(?:^|\0)container=([^\0]*)/.exec(environment.value)?.[1]
      : undefined;
  const marker = exists(host, '/run/.containerenv')
    ? 'podman'
    : exists(host, '/.dockerenv')
      ? 'docker'
      : undefined;
  const name = named || marker;
  if (isInitial) {
    // Seen on microVMs built from container images: the marker is there, the machine is whole.
    return {
      sandbox: 'none',
      evidence: name ? `a ${name} marker, but the initial PID namespace: a whole machine` : null,
    };
  }
  if (name)
    return { sandbox: kindOf(name), evidence: named ? `container=${named}` : `the ${name} marker file` };
  return initialPidns.ok
    ? { sandbox: 'container', evidence: `PID namespace ${initialPidns.value} is not the initial one` }
    : { sandbox: 'none', evidence: null };
}

function kindOf(name: string): Sandbox {
  if (name.startsWith('lxc')) return 'lxc';
  return name === 'docker' || name === 'podman' ? name : 'container';
}

function exists(host: HostReader, path: string): boolean {
  return host.stat(path).ok;
}
