/**
 * One transfer after another, each over a connection of its own, timed by the side that receives.
 *   node transfer.mjs serve ADDRESS PORT                   answers 8 bytes (a number, big-endian) with so many bytes
 *   node transfer.mjs fetch ADDRESS PORT BYTES COUNT       prints a JSON list of milliseconds, connect not counted
 */
import net from 'node:net';

const PIECE = Buffer.alloc(256 * 1024, 0x74);
const HEADER_BYTES = 8;
/** No transfer here takes so long; without it a lost peer would hold the caller for ever. */
const PATIENCE_MS = 120_000;

function serve(address, port) {
  const server = net.createServer((socket) => {
    let header = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      header = Buffer.concat([header, chunk]);
      if (header.length === HEADER_BYTES) send(socket, Number(header.readBigUInt64BE()));
    });
  });
  server.listen(port, address, () => process.stdout.write('ready\n'));
}

/** Never more than one piece ahead of the kernel, so that what is measured is the kernel's buffer and not this one. */
function send(socket, left) {
  if (left === 0) return void socket.end();
  const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
  socket.write(piece, () => send(socket, left - piece.length));
}

function fetchOnce(address, port, bytes) {
  return new Promise((resolve, reject) => {
    let begun = 0;
    let got = 0;
    const socket = net.connect({ host: address, port, noDelay: true }, () => {
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeBigUInt64BE(BigInt(bytes));
      begun = performance.now();
      socket.write(header);
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('the transfer stands still')));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      got += chunk.length;
      if (got === bytes) resolve(performance.now() - begun);
    });
    socket.on('end', () => {
      socket.destroy();
      if (got !== bytes) reject(new Error(`${got} of ${bytes} bytes`));
    });
  });
}

const [what, address, port, bytes, count] = process.argv.slice(2);
if (what === 'serve') serve(address, Number(port));
else {
  // The neighbour is looked up and the program compiled before anything is timed.
  await fetchOnce(address, Number(port), 1);
  const times = [];
  for (let i = 0; i < Number(count); i++) times.push(await fetchOnce(address, Number(port), Number(bytes)));
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
