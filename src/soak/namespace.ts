/**
 * A network namespace of the soak's own, entered by the coordinator's main thread before it starts workers, which
 * inherit it. No helper program is needed: the loopback interface is raised, and IPv6 addresses are added, by ioctl.
 */
import { InputError } from '../model/error.ts';
import {
  AF_INET,
  AF_INET6,
  CLONE_NEWNET,
  errnoName,
  IFF_UP,
  O_RDONLY,
  SIOCGIFFLAGS,
  SIOCSIFADDR,
  SIOCSIFFLAGS,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
} from './constants.ts';
import type { Libc } from './libc.ts';
import { parseAddress } from './sockaddr.ts';

const IFREQ_BYTES = 40;
const FLAGS_AT = 16;
const LOOPBACK_INDEX = 1;
const OWN_NAMESPACE = '/proc/thread-self/ns/net';

export interface Namespace {
  /** Goes back to the namespace that the process came from; the scratch one ends with its last process. */
  leave(): void;
}

/** Throws InputError without the right to make a namespace (CAP_SYS_ADMIN). */
export function enterNamespace(libc: Libc): Namespace {
  const path = libc.allocate(64);
  path.bytes.set(Buffer.from(OWN_NAMESPACE));
  const home = libc.open(path.address, O_RDONLY);
  if (home < 0)
    throw new InputError(`cannot open ${OWN_NAMESPACE}: ${errnoName(libc.errno())}`, '--namespace');
  if (libc.unshare(CLONE_NEWNET) < 0) {
    const errno = errnoName(libc.errno());
    libc.close(home);
    throw new InputError(`no permission for a network namespace (${errno}); run as root`, '--namespace');
  }
  const leave = () => {
    libc.setns(home, CLONE_NEWNET);
    libc.close(home);
  };
  try {
    raiseLoopback(libc);
  } catch (error) {
    leave();
    throw error;
  }
  return { leave };
}

function raiseLoopback(libc: Libc): void {
  const request = libc.allocate(IFREQ_BYTES);
  const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  request.bytes.set(Buffer.from('lo'));
  const got = libc.ioctl(fd, SIOCGIFFLAGS, request.address);
  request.bytes[FLAGS_AT] = (request.bytes[FLAGS_AT] ?? 0) | IFF_UP;
  const raised = got === 0 && libc.ioctl(fd, SIOCSIFFLAGS, request.address) === 0;
  const errno = errnoName(libc.errno());
  libc.close(fd);
  if (!raised) throw new InputError(`cannot raise the loopback interface: ${errno}`, '--namespace');
}

/** Gives the loopback interface these IPv6 addresses. Only ever called inside the soak's own namespace. */
export function addLoopbackAddresses(libc: Libc, addresses: readonly string[]): void {
  // struct in6_ifreq: the address, the prefix length, the interface index.
  const request = libc.allocate(24);
  const fd = libc.socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  try {
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address === null) continue;
      request.bytes.set(address);
      request.int32[4] = 128;
      request.int32[5] = LOOPBACK_INDEX;
      if (libc.ioctl(fd, SIOCSIFADDR, request.address) < 0) {
        throw new InputError(`cannot add ${text} to the loopback interface: ${errnoName(libc.errno())}`);
      }
    }
  } finally {
    libc.close(fd);
  }
}
