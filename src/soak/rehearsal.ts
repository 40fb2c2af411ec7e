/**
 * Before a worker says that it is ready it plays its part once, small and alone: both engines, real system calls, a
 * listener of its own. The JavaScript engine compiles what runs hot, so that the ramp is not spent on compiling, and
 * what a connection costs in memory is not mixed with what a compiler costs.
 */
import v8 from 'node:v8';
import { createHistogram } from './histogram.ts';
import type { Libc } from './libc.ts';
import { openListener } from './listener.ts';
import { createRamp } from './ramp.ts';
import { createServer } from './server.ts';
import { createSweep } from './sweep.ts';
import type { ClientSetup } from './wire.ts';

const CONNECTIONS = 48;
const ROUNDS = 6;
const SWEEPS = 6;
/** A rehearsal is worth a tenth of a second; on a machine that is slower than that, it ends early. */
const MOST_MS = 400;

/**
 * When the engine compiles a function: V8 up to 11 (Node 20) counts bytes of bytecode that ran (132 kB), since 12 (Node
 * 22) it counts calls (400 and 3,000). A flag that it does not know would make it complain on stderr.
 */
const COUNTS_BYTES = Number.parseInt(process.versions.v8, 10) < 12;
const EARLY = COUNTS_BYTES
  ? ['--interrupt-budget=2000']
  : ['--invocation-count-for-maglev=10', '--invocation-count-for-turbofan=45'];
const LATE = COUNTS_BYTES
  ? ['--interrupt-budget=1000000']
  : ['--invocation-count-for-maglev=3000', '--invocation-count-for-turbofan=22500'];

/** To be called before the engine's functions first run: they are compiled in the rehearsal. */
export function compileEarly(): void {
  for (const flag of EARLY) v8.setFlagsFromString(flag);
}

/** Back to patience: what is not hot by now is not worth a compiler's time while connections are opened. */
function compileLate(): void {
  for (const flag of LATE) v8.setFlagsFromString(flag);
}

/** `wake` is any descriptor that epoll takes and that stays silent meanwhile. Leaves no socket behind. */
export function rehearse(libc: Libc, server: string, wake: number): void {
  const listening = openListener(libc, server, 0, CONNECTIONS);
  if (!listening.ok) return;
  const until = performance.now() + MOST_MS;
  const echo = createServer(libc, listening.fd, wake, ROUNDS * CONNECTIONS);
  const fds = new Int32Array(CONNECTIONS);
  echo.startAccepting();
  for (let round = 0; round < ROUNDS && performance.now() < until; round++) {
    const setup = part(server, listening.port, round);
    const ramp = createRamp(libc, setup, listening.fd, fds, createHistogram());
    while (!ramp.step(0)) echo.step(0);
    for (let id = 0; id < SWEEPS; id++) {
      const sweep = createSweep(libc, setup, id, fds, ramp.established(), createHistogram());
      while (!sweep.step(0)) echo.step(0);
    }
    for (let i = 0; i < ramp.established(); i++) if ((fds[i] ?? -1) >= 0) libc.close(fds[i] ?? -1);
    // The server's end closes when it sees the other's, with a reset: nothing stays in TIME_WAIT.
    const patience = performance.now() + MOST_MS;
    while (echo.open() > 0 && performance.now() < patience) echo.step(0);
  }
  compileLate();
  echo.close();
  libc.close(listening.fd);
}

/** A source address that no other worker rehearses with. IPv6 has only one, so there the kernel picks the ports. */
function part(server: string, port: number, round: number): ClientSetup {
  const isFour = !server.includes(':');
  return {
    type: 'setup',
    role: 'client',
    index: 0,
    pageSize: 0,
    goal: CONNECTIONS,
    server: { address: server, port },
    sources: [isFour ? `127.255.${Math.floor(process.pid / 254) % 254}.${1 + (process.pid % 254)}` : server],
    spans: [[20_000, 20_000 + ROUNDS * CONNECTIONS]],
    firstSlot: round * CONNECTIONS,
    slots: isFour ? CONNECTIONS : 0,
    window: CONNECTIONS,
    connectTimeoutMs: MOST_MS,
    echoTimeoutMs: MOST_MS,
  };
}
