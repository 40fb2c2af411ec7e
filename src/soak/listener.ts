/** The one server address: is it this machine's, and may we listen on it? */
import { InputError } from '../model/error.ts';
import {
  AF_INET,
  AF_INET6,
  EADDRINUSE,
  EADDRNOTAVAIL,
  errnoName,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_BINDTODEVICE,
  SO_LINGER,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from './constants.ts';
import type { Libc } from './libc.ts';
import {
  familyOf,
  isLoopback,
  isSingleHost,
  parseAddress,
  readHost,
  readPort,
  SOCKADDR_BYTES,
  writeSockaddr,
} from './sockaddr.ts';

const ANY_PORT_TO_ASK = 9;
const LOOPBACK = 'lo';

export type Listening =
  | { readonly ok: true; readonly fd: number; readonly port: number }
  | { readonly ok: false; readonly call: string; readonly errno: string };

/**
 * Throws InputError unless the address is one single address of this machine: the soak never sends to another.
 * bind(2) alone is not proof (net.ipv4.ip_nonlocal_bind), so the route is asked too: towards an address of its own
 * the kernel picks that very address, or a loopback one, as the source.
 */
export function requireLocal(libc: Libc, text: string): void {
  const address = parseAddress(text);
  if (address === null) throw new InputError(`not a numeric IP address: ${text}`, '--address');
  if (!isSingleHost(address)) throw new InputError(`not the address of a single host: ${text}`, '--address');
  if (!isOwn(libc, address)) {
    throw new InputError(
      `${text} is not an address of this machine; the soak only ever talks to itself`,
      '--address',
    );
  }
}

function isOwn(libc: Libc, address: Uint8Array): boolean {
  const family = familyOf(address);
  const size = SOCKADDR_BYTES[family];
  const there = libc.allocate(size);
  const here = libc.allocate(size);
  const length = libc.allocate(4);
  const fd = libc.socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw new InputError(`no IPv${family} on this machine (${errnoName(libc.errno())})`, '--address');
  try {
    writeSockaddr(here.bytes, address, 0);
    if (libc.bind(fd, here.address, size) < 0) return false;
  } finally {
    libc.close(fd);
  }
  const probe = libc.socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  try {
    // Connecting a datagram socket sends nothing: it only looks the route up.
    writeSockaddr(there.bytes, address, ANY_PORT_TO_ASK);
    if (libc.connect(probe, there.address, size) < 0) return false;
    length.int32[0] = size;
    if (libc.getsockname(probe, here.address, length.address) < 0) return false;
    const source = readHost(here.bytes, family);
    return source.every((byte, i) => byte === address[i]) || (isLoopback(source) && isLoopback(address));
  } finally {
    libc.close(probe);
  }
}

/**
 * The listening socket that all server processes inherit. Linger 0 is inherited by accepted sockets: whoever dies
 * first, the kernel resets the connection, and no TIME_WAIT stays behind for a minute. `isLoopbackOnly` keeps a listener
 * on the wildcard address out of reach of the network.
 */
export function openListener(
  libc: Libc,
  text: string,
  port: number,
  backlog: number,
  isLoopbackOnly = false,
): Listening {
  const address = parseAddress(text);
  if (address === null) throw new InputError(`not a numeric IP address: ${text}`, '--address');
  const family = familyOf(address);
  const size = SOCKADDR_BYTES[family];
  const name = libc.allocate(size);
  const option = libc.allocate(8);
  const domain = family === 4 ? AF_INET : AF_INET6;
  const fd = libc.socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const fail = (call: string): Listening => {
    const errno = errnoName(libc.errno());
    if (fd >= 0) libc.close(fd);
    return { ok: false, call, errno };
  };
  if (fd < 0) return fail('socket');
  option.int32.set([1, 0]);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, option.address, 4) < 0) return fail('setsockopt');
  if (libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, option.address, 8) < 0) return fail('setsockopt');
  if (family === 6 && libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, option.address, 4) < 0) {
    return fail('setsockopt');
  }
  if (isLoopbackOnly) {
    const device = libc.allocate(16);
    device.bytes.set(Buffer.from(LOOPBACK));
    const length = LOOPBACK.length + 1;
    if (libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.address, length) < 0)
      return fail('setsockopt');
  }
  writeSockaddr(name.bytes, address, port);
  if (libc.bind(fd, name.address, size) < 0) return fail('bind');
  if (libc.listen(fd, backlog) < 0) return fail('listen');
  option.int32[0] = size;
  if (libc.getsockname(fd, name.address, option.address) < 0) return fail('getsockname');
  return { ok: true, fd, port: readPort(name.bytes) };
}

/** Is this how a listen fails when the port is somebody else's? */
export function isBusy(errno: string): boolean {
  return errno === errnoName(EADDRINUSE) || errno === errnoName(EADDRNOTAVAIL);
}
