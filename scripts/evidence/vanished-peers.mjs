/**
 * How long does a server hold connections whose clients are gone without a word? In a network namespace of its own, with the
 * given values of net.* there, for sockets that ask for keepalives and for nothing else:
 *
 *     node scripts/evidence/vanished-peers.mjs [KEY=VALUE]...
 *
 * The clients' address is taken away, so that nobody answers a probe, as after a cut cable. Prints how many connections the
 * server still holds after so many seconds, as JSON; ends sooner when none is left. Needs root.
 */
import { execFileSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import koffi from 'koffi';
import { inOwnNamespace, writeSettings } from './own-namespace.mjs';

const SERVER = '10.8.0.1';
const CLIENT = '10.9.0.1';
const PORT = 1500;
const CLIENTS = 50;
/** The least that the profiles allow is 60 s of silence and 3 probes, 10 s apart. */
const WATCHED_SECONDS = 110;

await inOwnNamespace(import.meta.filename, run);

async function run(settings) {
  const ip = (...words) => execFileSync('ip', words);
  for (const address of [SERVER, CLIENT]) ip('address', 'add', `${address}/32`, 'dev', 'lo');
  // Probes need a way to go once nobody has the address.
  ip('route', 'add', '10.0.0.0/8', 'dev', 'lo');
  writeSettings(settings);
  const keepAlive = keepAliveSetter();
  const held = new Set();
  let onGone = () => {};
  const server = createServer((socket) => {
    keepAlive(socket);
    held.add(socket);
    // What a keepalive that nobody answered ends with (ETIMEDOUT).
    socket.on('error', () => undefined);
    socket.on('close', () => {
      held.delete(socket);
      onGone();
    });
  });
  await new Promise((resolve) => server.listen(PORT, SERVER, resolve));
  await Promise.all(Array.from({ length: CLIENTS }, arrives));
  while (held.size < CLIENTS) await new Promise((resolve) => setTimeout(resolve, 10));

  ip('address', 'del', `${CLIENT}/32`, 'dev', 'lo');
  const begun = performance.now();
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, WATCHED_SECONDS * 1000);
    onGone = () => {
      if (held.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(JSON.stringify({ clients: CLIENTS, held: held.size, seconds }));
  process.exit(0);
}

function arrives() {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: PORT, host: SERVER, localAddress: CLIENT }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Node's own setKeepAlive also sets idle time, interval and probes of the socket; here they are to be the namespace's. */
function keepAliveSetter() {
  const [SOL_SOCKET, SO_KEEPALIVE] = [1, 9];
  const setsockopt = koffi
    .load('libc.so.6')
    .func('int setsockopt(int, int, int, const void *, unsigned int)');
  const on = Buffer.from(Int32Array.of(1).buffer);
  return (socket) => {
    if (setsockopt(socket._handle.fd, SOL_SOCKET, SO_KEEPALIVE, on, on.length) !== 0)
      throw new Error('SO_KEEPALIVE was refused');
  };
}
