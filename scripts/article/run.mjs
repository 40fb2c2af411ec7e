/**
 * Measures the article's claims and writes docs/evidence/article.json and, from it, article.md.
 *
 *   npm run evidence:article                            all of them: about half an hour
 *   npm run evidence:article -- --only ports,file-max   these again; the others keep their figures
 *   npm run evidence:article -- --page                  the page alone, from the figures that are there
 *
 * Needs root, about 8 GB of free memory, iproute2, and for the virtual machines what scripts/vm/build.mjs needs. The
 * host's settings stay as they are: what is host-wide is done in a virtual machine.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { refreshed } from './measure/low-memory.mjs';
import { renderPage } from './page/index.mjs';
import { startGuest } from './tools/guest.mjs';
import { REPOSITORY } from './tools/host.mjs';

/** In this order: what shares a machine stands together. */
const CLAIMS = [
  'ports',
  'one-endpoint',
  'queued-buffers',
  'idle-buffers',
  'throughput',
  'limits-conf',
  'file-max',
  'small-machine',
  'low-memory',
];
const FOLDER = join(REPOSITORY, 'docs/evidence');
const JSON_FILE = join(FOLDER, 'article.json');
const PAGE_FILE = join(FOLDER, 'article.md');

const { values } = parseArgs({
  options: { only: { type: 'string' }, page: { type: 'boolean', default: false } },
});
const wanted = values.page ? [] : (values.only?.split(',') ?? CLAIMS);
const unknown = wanted.filter((claim) => !CLAIMS.includes(claim));
if (unknown.length > 0) throw new Error(`unknown claim ${unknown.join(', ')}: one of ${CLAIMS.join(', ')}`);

const say = (text) => process.stderr.write(`article: ${text}\n`);

/** One virtual machine at a time, kept as long as the next claim wants one of the same size. */
function guests() {
  let running = null;
  const end = async () => {
    await running?.guest.dispose();
    running = null;
  };
  const start = async (memoryMiB) => {
    if (running?.memoryMiB !== memoryMiB) {
      await end();
      running = { memoryMiB, guest: await startGuest({ memoryMiB }) };
    }
    return running.guest;
  };
  return { start, end };
}

function readFigures() {
  if (!existsSync(JSON_FILE)) return { kind: 'tune-article', schemaVersion: 1, claims: {} };
  return JSON.parse(readFileSync(JSON_FILE, 'utf8'));
}

/** After every claim, so that a later one that fails costs no figures; what is in the file by then is kept. */
function write(measured) {
  const report = readFigures();
  const known = Object.entries({ ...report.claims, ...measured });
  const inOrder = known.sort(([a], [b]) => CLAIMS.indexOf(a) - CLAIMS.indexOf(b));
  const ordered = { ...report, claims: Object.fromEntries(inOrder) };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(JSON_FILE, `${JSON.stringify(ordered, null, 1)}\n`);
  writeFileSync(PAGE_FILE, renderPage(ordered));
}

const vm = guests();
try {
  for (const claim of CLAIMS.filter((name) => wanted.includes(name))) {
    const { measure, guestMemoryMiB } = await import(`./measure/${claim}.mjs`);
    say(`${claim} …`);
    const started = performance.now();
    const figures = await measure({ guest: () => vm.start(guestMemoryMiB) });
    const measuredOn = new Date().toISOString().slice(0, 10);
    write({ [claim]: { measuredOn, ...figures } });
    say(`${claim}: ${Math.round((performance.now() - started) / 1000)} s`);
  }
} finally {
  await vm.end();
}
// The prediction beside what was measured is today's, whenever that was.
const lowMemory = readFigures().claims['low-memory'];
write(lowMemory === undefined ? {} : { 'low-memory': refreshed(lowMemory) });
