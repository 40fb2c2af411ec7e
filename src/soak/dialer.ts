/** One socket, from an explicit source ip:port to the server, not blocking. Moves on to the next port when one is taken. */
import {
  AF_INET,
  AF_INET6,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EINPROGRESS,
  IP_BIND_ADDRESS_NO_PORT,
  IPPROTO_IP,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
} from './constants.ts';
import type { FailureCount } from './failures.ts';
import type { Libc } from './libc.ts';
import { spreadSlots, walkSlots } from './slots.ts';
import { familyOf, parseAddress, SOCKADDR_BYTES, writePort, writeSockaddr } from './sockaddr.ts';
import type { ClientSetup } from './wire.ts';

export interface Dialer {
  /** A descriptor whose connect is under way or done; -1 when it failed, which is then in `failures`. */
  dial(): number;
  /** Index into the setup's sources of the last socket dialled. */
  source(): number;
  portsSkipped(): number;
}

export function createDialer(libc: Libc, setup: ClientSetup, failures: FailureCount): Dialer {
  const { bind, connect, socket } = libc;
  const server = addressOf(setup.server.address);
  const sources = setup.sources.map(addressOf);
  const size = SOCKADDR_BYTES[familyOf(server)];
  const domain = familyOf(server) === 4 ? AF_INET : AF_INET6;
  const to = libc.allocate(size);
  const from = libc.allocate(size);
  const one = libc.allocate(4);
  const { picksPorts = false } = setup;
  const slots = picksPorts
    ? spreadSlots(setup.spans, setup.firstSlot, setup.slots, setup.goal)
    : walkSlots(setup.spans, setup.firstSlot, setup.slots);
  let written = -1;
  let skipped = 0;
  writeSockaddr(to.bytes, server, setup.server.port);
  one.int32[0] = 1;

  const fail = (call: string, fd: number): number => {
    failures.add(call, libc.errno());
    if (fd >= 0) libc.close(fd);
    return -1;
  };
  const useSource = (index: number, port: number) => {
    if (index !== written) {
      writeSockaddr(from.bytes, sources[index] ?? server, port);
      written = index;
    } else writePort(from.bytes, port);
  };
  /** The planned ports are used up, so the kernel is asked for one: its refusal is the evidence. */
  const dialAnyPort = (fd: number): number => {
    useSource(Math.max(0, written), 0);
    return dialPicked(fd);
  };
  const dialPicked = (fd: number): number => {
    if (libc.setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, one.address, 4) < 0)
      return fail('setsockopt', fd);
    if (bind(fd, from.address, size) < 0) return fail('bind', fd);
    if (connect(fd, to.address, size) < 0 && libc.errno() !== EINPROGRESS) return fail('connect', fd);
    return fd;
  };

  return {
    dial: () => {
      for (;;) {
        const fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) return fail('socket', -1);
        if (!slots.next()) return dialAnyPort(fd);
        useSource(slots.source(), slots.port());
        if (picksPorts) return dialPicked(fd);
        while (bind(fd, from.address, size) < 0) {
          if (libc.errno() !== EADDRINUSE) return fail('bind', fd);
          skipped += 1;
          if (!slots.next()) return dialAnyPort(fd);
          useSource(slots.source(), slots.port());
        }
        if (connect(fd, to.address, size) === 0) return fd;
        const errno = libc.errno();
        if (errno === EINPROGRESS) return fd;
        // The port was free to bind but this very tuple still exists (TIME_WAIT): the next port.
        if (errno !== EADDRNOTAVAIL && errno !== EADDRINUSE) return fail('connect', fd);
        skipped += 1;
        libc.close(fd);
      }
    },
    source: () => written,
    portsSkipped: () => skipped,
  };
}

function addressOf(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address === null) throw new Error(`not a numeric address: ${text}`);
  return address;
}
