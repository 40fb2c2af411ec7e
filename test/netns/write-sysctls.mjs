/**
 * Child of the bounds test: writes texts to sysctl keys inside a network namespace of its own and reports as JSON
 * what the kernel made of them. It refuses to write anything that could reach beyond that namespace.
 *
 * argv: the parent's network namespace (`net:[…]`), then the jobs as JSON:
 * `[{ key, reach, prepare: [[key, text], …], texts: [text, …] }]`.
 * stdout: `[{ key, present, writes: [{ text, errno, readBack }] }]`; errno is null when the write was accepted.
 */
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';

const [parentNamespace = '', jobsText = '[]'] = process.argv.slice(2);

const path = (key) => `/proc/sys/${key.replaceAll('.', '/')}`;
const read = (key) => readFileSync(path(key), 'utf8').replace(/\n$/, '');

function assertHarmless({ key, reach, prepare }) {
  for (const name of [key, ...prepare.map(([other]) => other)]) {
    if (!/^net\.[\w.]+$/.test(name)) throw new Error(`${name}: only net.* keys may be written here`);
  }
  if (reach !== 'per-namespace') throw new Error(`${key}: its reach is ${reach}, not per-namespace`);
}

/** Writes, and gives the errno or null. The newline keeps an empty text from being a write that never happens. */
function write(key, text) {
  try {
    writeFileSync(path(key), `${text}\n`);
    return null;
  } catch (error) {
    return error.code;
  }
}

function readOrNull(key) {
  try {
    return read(key);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function run({ key, prepare, texts }) {
  const before = readOrNull(key);
  if (before === null) return { key, present: false, writes: [] };
  const kept = prepare.map(([other, text]) => {
    const old = read(other);
    const errno = write(other, text);
    if (errno !== null) throw new Error(`${other} = ${text}: ${errno}`);
    return [other, old];
  });
  const writes = texts.map((text) => {
    const errno = write(key, text);
    const readBack = read(key);
    write(key, before);
    return { text, errno, readBack };
  });
  for (const [other, old] of kept.reverse()) write(other, old);
  return { key, present: true, writes };
}

const jobs = JSON.parse(jobsText);
if (!parentNamespace.startsWith('net:[') || readlinkSync('/proc/self/ns/net') === parentNamespace) {
  throw new Error('not in a network namespace of its own: nothing is written');
}
for (const job of jobs) assertHarmless(job);
console.log(JSON.stringify(jobs.map(run)));
