/**
 * Where a message waits when its reader does not read: `node unread.mjs CONNECTIONS BYTES`, in a network namespace whose
 * loopback is up. Sends one message over each connection, waits until nothing moves any more, and prints as JSON what
 * the kernel holds for both ends (`ss -tm`); what neither end holds, the sending program still has.
 */
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 250;
const MOST_LOOKS = 80;

/** r: receive queue, w: send queue, f: allocated in advance; bytes of memory, headers included. */
const SKMEM = /skmem:\(r(\d+),rb(\d+),t\d+,tb(\d+),f(\d+),w(\d+),/;

function readSockets(port) {
  const text = execFileSync('ss', ['-tmnHO', 'state', 'established'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const ends = { reader: [], sender: [] };
  for (const line of text.trim().split('\n')) {
    const [receiveQueue, sendQueue, local] = line.trim().split(/\s+/);
    const [, r, rcvbuf, sndbuf, f, w] = (SKMEM.exec(line) ?? []).map(Number);
    const end = local.endsWith(`:${port}`) ? ends.sender : ends.reader;
    end.push({
      queued: Number(receiveQueue) + Number(sendQueue),
      // f can be negative for a moment while a segment is being charged.
      memory: r + w + Math.max(0, f),
      rcvbuf,
      sndbuf,
    });
  }
  return ends;
}

const mean = (list, of) => Math.round(list.reduce((sum, one) => sum + of(one), 0) / list.length);

function summary(list) {
  return {
    sockets: list.length,
    queuedBytes: mean(list, (s) => s.queued),
    memoryBytes: mean(list, (s) => s.memory),
    receiveBuffer: mean(list, (s) => s.rcvbuf),
    sendBuffer: mean(list, (s) => s.sndbuf),
  };
}

async function settled(port) {
  let before = '';
  for (let look = 0; look < MOST_LOOKS; look++) {
    await sleep(LOOK_MS);
    const now = readSockets(port);
    const text = JSON.stringify(now);
    if (text === before) return now;
    before = text;
  }
  throw new Error('the queues did not come to rest');
}

const [connections, bytes] = process.argv.slice(2).map(Number);
const message = Buffer.alloc(bytes, 0x74);
const accepted = [];
const server = net.createServer({ pauseOnConnect: true }, (socket) => accepted.push(socket));
await new Promise((resolve) => server.listen(0, '127.0.0.1', connections, resolve));
const { port } = server.address();
const readers = [];
for (let i = 0; i < connections; i++) {
  const socket = new net.Socket();
  socket.pause();
  readers.push(socket);
  await new Promise((resolve, reject) => socket.once('error', reject).connect(port, '127.0.0.1', resolve));
}
while (accepted.length < connections) await sleep(10);
const idle = await settled(port);
for (const socket of accepted) socket.write(message);
const full = await settled(port);
process.stdout.write(
  `${JSON.stringify({
    idle: { reader: summary(idle.reader), sender: summary(idle.sender) },
    full: { reader: summary(full.reader), sender: summary(full.sender) },
  })}\n`,
);
process.exit(0);
