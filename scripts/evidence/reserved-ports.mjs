/**
 * Do services find their port when outgoing connections have filled the range? In a network namespace of its own, with a
 * range of 1,000 ports, so that a thousand connections are enough:
 *
 *     node scripts/evidence/reserved-ports.mjs [RESERVED]
 *
 * Prints the ports on which a service could start, and on which not, as JSON. Needs root.
 */
import { connect, createServer } from 'node:net';
import { inOwnNamespace, writeSettings } from './own-namespace.mjs';

const RANGE = '8000 8999';
const SERVICES = [8080, 8443, 8888];
/** All of the range but a few: the last ports take the kernel long to find. */
const CONNECTIONS = 990;
/** Where the connections lead; outside the range. */
const UPSTREAM = 1500;

await inOwnNamespace(import.meta.filename, run);

async function run([reserved = '']) {
  writeSettings([`net.ipv4.ip_local_port_range=${RANGE}`, `net.ipv4.ip_local_reserved_ports=${reserved}\n`]);
  const accepted = [];
  const upstream = createServer((socket) => accepted.push(socket));
  await listening(upstream, UPSTREAM);
  const sockets = [];
  for (let i = 0; i < CONNECTIONS; i++) sockets.push(await connected());
  const services = [];
  for (const port of SERVICES) {
    const service = createServer();
    services.push({ port, errno: await listening(service, port) });
    service.close();
  }
  console.log(JSON.stringify({ connections: sockets.length, services }));
  process.exit(0);
}

/** The errno, or null when it listens. */
function listening(server, port) {
  return new Promise((resolve) => {
    server.once('error', ({ code }) => resolve(code));
    server.listen(port, '127.0.0.1', () => resolve(null));
  });
}

function connected() {
  return new Promise((resolve, reject) => {
    const socket = connect(UPSTREAM, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}
