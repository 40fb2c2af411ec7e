/**
 * Do clients still get in while a listener is flooded with SYNs from senders that do not exist? In a network namespace of
 * its own, with the given values of net.* there:
 *
 *     node scripts/evidence/syn-flood.mjs [KEY=VALUE]...
 *
 * Prints how many of the clients were connected in time, as JSON. Needs root.
 */
import { execFileSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import koffi from 'koffi';
import { inOwnNamespace, writeSettings } from './own-namespace.mjs';

const PORT = 1500;
/** The kernel lowers it to somaxconn. */
const BACKLOG = 65_535;
/** More than the listener's queue, and than three quarters of tcp_max_syn_backlog's usual default. */
const FLOOD = 6000;
const CLIENTS = 50;
/** Long enough for the SYN to be sent again twice. */
const PATIENCE_MS = 4000;

await inOwnNamespace(import.meta.filename, run);

async function run(settings) {
  // The answers to the flood need a way to go; nobody is there.
  execFileSync('ip', ['route', 'add', '10.0.0.0/8', 'dev', 'lo']);
  writeSettings(settings);
  const server = createServer(() => undefined);
  await new Promise((resolve) => server.listen({ port: PORT, host: '127.0.0.1', backlog: BACKLOG }, resolve));
  flood();
  const outcomes = await Promise.all(Array.from({ length: CLIENTS }, arrives));
  console.log(JSON.stringify({ flood: FLOOD, clients: CLIENTS, connected: outcomes.filter(Boolean).length }));
  process.exit(0);
}

function arrives() {
  return new Promise((resolve) => {
    const socket = connect(PORT, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.setTimeout(PATIENCE_MS, () => resolve(false));
  });
}

/** One SYN from each of so many addresses in 10.0.0.0/8, each a packet of its own with the sender made up. */
function flood() {
  const [AF_INET, SOCK_RAW, IPPROTO_RAW] = [2, 3, 255];
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)');
  const sendto = libc.func('long sendto(int, const void *, size_t, int, const void *, int)');
  const fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (fd < 0) throw new Error('no raw socket: root is needed');
  const to = Buffer.alloc(16);
  to.writeUInt16LE(AF_INET, 0);
  to.set([127, 0, 0, 1], 4);
  for (let i = 1; i <= FLOOD; i++) {
    const packet = syn([10, 1, i >> 8, i & 255], 1024 + i);
    if (Number(sendto(fd, packet, packet.length, 0, to, to.length)) !== packet.length)
      throw new Error(`SYN ${i} was not sent`);
  }
}

/** An IPv4 packet with a bare SYN; the kernel fills in the IP header's checksum and identification. */
function syn(from, port) {
  const packet = Buffer.alloc(40);
  const ip = packet.subarray(0, 20);
  ip.set([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6]);
  ip.set([...from, 127, 0, 0, 1], 12);
  const tcp = packet.subarray(20);
  tcp.writeUInt16BE(port, 0);
  tcp.writeUInt16BE(PORT, 2);
  tcp.writeUInt32BE(port * 65_537, 4);
  tcp.set([5 << 4, 0x02], 12);
  tcp.writeUInt16BE(65_535, 14);
  const pseudo = Buffer.from([...from, 127, 0, 0, 1, 0, 6, 0, 20]);
  tcp.writeUInt16BE(checksum(Buffer.concat([pseudo, tcp])), 16);
  return packet;
}

/** The one's complement of the one's complement sum (RFC 1071); an even number of bytes. */
function checksum(bytes) {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
