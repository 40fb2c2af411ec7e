/**
 * A server process: takes connections from the listener it shares with its siblings, puts every one into epoll and
 * echoes what arrives. It keeps nothing per connection: epoll carries the descriptor. A workload that writes to
 * connections gives it a table to keep.
 */
import { watchAcceptQueue } from './accept-queue.ts';
import {
  EAGAIN,
  ECONNABORTED,
  EINTR,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  SO_LINGER,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from './constants.ts';
import { countFailures } from './failures.ts';
import type { Libc } from './libc.ts';
import type { ConnectionTable } from './tasks/connection-table.ts';
import type { Duty } from './tasks/duty.ts';
import type { Peers } from './tasks/peers.ts';
import type { Failure } from './wire.ts';

/** What is waited for on a connection: bytes and the other end's close, told once each. */
const HEARD = EPOLLIN | EPOLLRDHUP | EPOLLET;
const EVENTS = 512;
/** Accepts in a row before other events get their turn. */
const ACCEPT_BATCH = 64;
const READ_BYTES = 4096;
/** Connections given up again when the watches of this user are used up. */
const WATCHES_LEFT = 64;
/**
 * Between two looks at a busy listener: connections gather in the accept queue meanwhile, so that one wake-up takes
 * many instead of two or three. Measured: a fifth less CPU per connection. Not done where the queue is short.
 */
const ACCEPT_PAUSE_US = 500;
const LONG_QUEUE = 1024;
/** Smaller batches of events are over before a clock is worth reading. */
const TIMED_BATCH = 32;

export interface Server {
  /** Waits up to `timeoutMs` and handles what came; true when the wake descriptor is readable. */
  step(timeoutMs: number): boolean;
  startAccepting(): void;
  /** Leaves what arrives in the accept queue. */
  pauseAccepting(): void;
  accepting(): boolean;
  /** Connections taken so far, and those of them that are still open. */
  taken(): number;
  open(): number;
  full(): boolean;
  /** True after an error that will not go away: descriptors or memory are out. */
  stuck(): boolean;
  failures(): readonly Failure[];
  /** Longest time, in milliseconds, that one batch of events took. */
  longestSliceMs(): number;
  /** Whom to tell of descriptors that are writable again or gone; null: nobody. */
  setDuty(duty: Duty | null): void;
  /** Turns the wait for a connection's send buffer on or off. */
  watchWritable(fd: number, on: boolean): void;
  /** Passes on what this descriptor, a gateway's upstream connection, has to say; false when the kernel refuses. */
  addPeer(fd: number): boolean;
  /** Closes a client's connection. */
  turnAway(fd: number): void;
  /** Ends the epoll instance; connections stay as they are. */
  close(): void;
}

export interface ServerHabits {
  /** Kept up to date with the connections that are open; null: no list is kept. */
  readonly table: ConnectionTable | null;
  /** A gateway's pairs: what one end says is written to the other; null: it is written back. */
  readonly peers: Peers | null;
  /** Answers a close with a close, not with a reset: the client's end then stays in TIME_WAIT. */
  readonly closesInOrder: boolean;
}

const PLAIN: ServerHabits = { table: null, peers: null, closesInOrder: false };

/** `wake` is a descriptor that ends a wait, level-triggered; it is left for somebody else to read. */
export function createServer(
  libc: Libc,
  listener: number,
  wake: number,
  capacity: number,
  { table, peers, closesInOrder }: ServerHabits = PLAIN,
): Server {
  // struct epoll_event is packed on x86-64 alone: three words there, four elsewhere.
  const stride = process.arch === 'x64' ? 3 : 4;
  const dataAt = stride - 2;
  const events = libc.allocate(EVENTS * stride * 4);
  const entry = libc.allocate(stride * 4);
  const buffer = libc.allocate(READ_BYTES);
  const { accept4, epoll_ctl: epollCtl, epoll_wait: epollWait, read, write } = libc;
  const noLinger = libc.allocate(8);
  const failures = countFailures();
  const epoll = libc.epoll_create1(0);
  let accepting = false;
  let stuck = false;
  let taken = 0;
  let closed = 0;
  let longest = 0;
  let pauses = false;
  let hasLongQueue = false;
  let duty: Duty | null = null;

  const control = (operation: number, fd: number, mask: number): boolean => {
    entry.int32[0] = mask;
    entry.int32[dataAt] = fd;
    return epollCtl(epoll, operation, fd, entry.address) === 0;
  };
  const stopAccepting = () => {
    if (accepting) control(EPOLL_CTL_DEL, listener, 0);
    accepting = false;
  };
  const giveUp = (call: string) => {
    failures.add(call, libc.errno());
    stuck = true;
    stopAccepting();
  };

  const hangUp = (fd: number) => {
    duty?.gone(fd);
    table?.remove(fd);
    if (closesInOrder) libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, noLinger.address, 8);
    libc.close(fd);
  };
  /** Closes a connection, and the one that it was passed on to. */
  const end = (fd: number) => {
    const peer = peers === null ? fd : peers.of(fd);
    if (peer !== fd) {
      peers?.unlink(fd);
      hangUp(peer);
    }
    hangUp(fd);
    closed += 1;
  };
  /**
   * Without a watch left every event loop of this user is in trouble, the coordinator's first: libuv aborts when it cannot
   * add one. Descriptors are small numbers without gaps, so the ones below are the connections taken last.
   */
  const leaveWatches = (fd: number) => {
    for (let last = fd - 1; last > fd - WATCHES_LEFT && last > listener; last--) {
      if (control(EPOLL_CTL_DEL, last, 0)) end(last);
    }
  };
  const acceptBatch = () => {
    for (let i = 0; i < ACCEPT_BATCH && taken - closed < capacity; i++) {
      const fd = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        const errno = libc.errno();
        if (errno === EAGAIN) return;
        if (errno === ECONNABORTED || errno === EINTR) {
          failures.add('accept4', errno);
          continue;
        }
        giveUp('accept4');
        return;
      }
      if (!control(EPOLL_CTL_ADD, fd, HEARD)) {
        giveUp('epoll_ctl');
        libc.close(fd);
        leaveWatches(fd);
        return;
      }
      taken += 1;
      table?.add(fd);
    }
    if (taken - closed >= capacity) stopAccepting();
  };

  /** Its pair was closed by an event of the same batch. */
  const isStale = (fd: number): boolean => peers !== null && !table?.has(fd) && peers.of(fd) === fd;

  const echo = (fd: number) => {
    // Less than the buffer means that the socket is empty, so the next byte makes a new edge.
    for (;;) {
      const got = read(fd, buffer.address, READ_BYTES);
      if (got > 0) {
        const to = peers === null ? fd : peers.of(fd);
        if (write(to, buffer.address, got) !== got) failures.add('write', libc.errno());
        if (got < READ_BYTES) return;
        continue;
      }
      if (got < 0) {
        const errno = libc.errno();
        if (errno === EAGAIN) return;
        failures.add('read', errno);
      }
      end(fd);
      return;
    }
  };

  /** While there is a duty, an event may mean either direction. */
  const attend = (fd: number, mask: number) => {
    if ((mask & EPOLLOUT) !== 0) duty?.writable(fd);
    if ((mask & ~EPOLLOUT) !== 0) echo(fd);
  };

  if (epoll < 0) giveUp('epoll_create1');
  else if (!control(EPOLL_CTL_ADD, wake, EPOLLIN)) giveUp('epoll_ctl');

  return {
    step: (timeoutMs) => {
      if (pauses) libc.usleep(ACCEPT_PAUSE_US);
      const count = epollWait(epoll, events.address, EVENTS, timeoutMs);
      const isTimed = count >= TIMED_BATCH;
      const begun = isTimed ? performance.now() : 0;
      pauses = accepting && hasLongQueue && count > 0;
      let woken = false;
      // A sibling that was woken for a connection may have filled up meanwhile: nobody else would be told of it.
      if (count === 0 && accepting) acceptBatch();
      for (let i = 0; i < count; i++) {
        const fd = events.int32[i * stride + dataAt] ?? -1;
        if (fd === listener) acceptBatch();
        else if (fd === wake) woken = true;
        else if (isStale(fd)) continue;
        else if (duty === null) echo(fd);
        else attend(fd, events.int32[i * stride] ?? 0);
      }
      if (isTimed) longest = Math.max(longest, performance.now() - begun);
      return woken;
    },
    startAccepting: () => {
      if (accepting || stuck || taken - closed >= capacity) return;
      hasLongQueue = (watchAcceptQueue(libc, listener)()?.limit ?? 0) >= LONG_QUEUE;
      // Exclusive: one connection wakes one of the processes that wait, not all of them.
      if (control(EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLEXCLUSIVE)) accepting = true;
      else giveUp('epoll_ctl');
    },
    pauseAccepting: stopAccepting,
    accepting: () => accepting,
    taken: () => taken,
    open: () => taken - closed,
    full: () => taken - closed >= capacity,
    stuck: () => stuck,
    failures: () => failures.list(),
    longestSliceMs: () => longest,
    setDuty: (next) => {
      duty = next;
    },
    watchWritable: (fd, on) => {
      control(EPOLL_CTL_MOD, fd, HEARD | (on ? EPOLLOUT : 0));
    },
    addPeer: (fd) => control(EPOLL_CTL_ADD, fd, HEARD),
    turnAway: (fd) => {
      if (table?.has(fd)) end(fd);
    },
    close: () => {
      libc.close(epoll);
    },
  };
}
