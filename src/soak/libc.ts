/**
 * System calls, straight to libc: the only file that loads the FFI.
 *
 * Pointers are passed as plain numbers (`intptr_t`): the memory is allocated once outside the JavaScript heap, so its
 * address does not move, and a call then converts nothing and leaves no garbage (about 40 ns over the call itself,
 * 100 ns less than handing over a typed array). Every function returns what libc returns; -1 means look at `errno()`
 * before anything else is called. read(2) and write(2) return 64 bits in C; at most a few thousand are asked of them here,
 * so the lower 32 are taken, which the FFI hands over faster. Hot loops take the functions out of the object once.
 */
import { InputError } from '../model/error.ts';
import { isFfiEmbedded, loadEmbeddedFfi } from './embedded-ffi.ts';

/** A piece of memory that C may write to: the bytes and where they are. */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly int32: Int32Array;
  readonly address: number;
}

type Call1 = (a: number) => number;
type Call2 = (a: number, b: number) => number;
type Call3 = (a: number, b: number, c: number) => number;
type Call4 = (a: number, b: number, c: number, d: number) => number;
type Call5 = (a: number, b: number, c: number, d: number, e: number) => number;

export interface Libc {
  readonly socket: Call3;
  readonly bind: Call3;
  readonly listen: Call2;
  readonly accept4: Call4;
  readonly connect: Call3;
  readonly getsockname: Call3;
  readonly setsockopt: Call5;
  readonly getsockopt: Call5;
  readonly epoll_create1: Call1;
  readonly epoll_ctl: Call4;
  readonly epoll_wait: Call4;
  readonly poll: Call3;
  readonly read: Call3;
  readonly write: Call3;
  readonly close: Call1;
  readonly usleep: Call1;
  readonly open: Call2;
  readonly ioctl: Call3;
  readonly prctl: Call2;
  readonly unshare: Call1;
  readonly setns: Call2;
  errno(): number;
  /** Zeroed memory of `size` bytes, rounded up to whole 32-bit words. It lives as long as the object. */
  allocate(size: number): Memory;
}

/** The part of the FFI package's interface that is used here. */
interface Ffi {
  load(path: null): { func(name: string, result: string, parameters: readonly string[]): unknown };
  errno(): number;
  address(value: unknown): bigint;
}

/** How the FFI package is loaded: from node_modules, from within a single executable, or as a test wants it. */
export type LoadFfi = () => Promise<unknown>;

const P = 'intptr_t';
const SIGNATURES: Readonly<Record<Exclude<keyof Libc, 'errno' | 'allocate'>, readonly string[]>> = {
  socket: ['int', 'int', 'int'],
  bind: ['int', P, 'int'],
  listen: ['int', 'int'],
  accept4: ['int', P, P, 'int'],
  connect: ['int', P, 'int'],
  getsockname: ['int', P, P],
  setsockopt: ['int', 'int', 'int', P, 'int'],
  getsockopt: ['int', 'int', 'int', P, P],
  epoll_create1: ['int'],
  epoll_ctl: ['int', 'int', 'int', P],
  epoll_wait: ['int', P, 'int', 'int'],
  poll: [P, 'ulong', 'int'],
  read: ['int', P, 'size_t'],
  write: ['int', P, 'size_t'],
  close: ['int'],
  usleep: ['uint'],
  open: [P, 'int'],
  ioctl: ['int', 'ulong', P],
  prctl: ['int', 'ulong'],
  unshare: ['int'],
  setns: ['int', 'int'],
};

let loaded: Promise<Libc> | null = null;

/** Loads the FFI and binds the calls, once per process. Throws InputError where there is no binary for the platform. */
export function loadLibc(
  load: LoadFfi = () => (isFfiEmbedded() ? loadEmbeddedFfi() : import('koffi')),
): Promise<Libc> {
  loaded ??= load().then(bindCalls, (error: unknown) => {
    loaded = null;
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new InputError(
      `the soak needs the koffi library, which does not load on ${process.platform}-${process.arch}: ${reason}`,
    );
  });
  return loaded;
}

function bindCalls(module: unknown): Libc {
  const ffi = pickFfi(module);
  const library = ffi.load(null);
  const calls = Object.fromEntries(
    Object.entries(SIGNATURES).map(([name, parameters]) => [name, library.func(name, 'int', parameters)]),
  ) as unknown as Omit<Libc, 'errno' | 'allocate'>;
  return {
    ...calls,
    errno: () => ffi.errno(),
    allocate: (size) => {
      const buffer = new ArrayBuffer(Math.ceil(size / 4) * 4);
      const bytes = new Uint8Array(buffer);
      return { bytes, int32: new Int32Array(buffer), address: Number(ffi.address(bytes)) };
    },
  };
}

/** A CommonJS module seen through import() keeps its exports under `default`. */
function pickFfi(module: unknown): Ffi {
  const outer = module as { default?: unknown };
  return (typeof outer.default === 'object' && outer.default !== null ? outer.default : module) as Ffi;
}
