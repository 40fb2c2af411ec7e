/**
 * The article's out-of-memory story on a real 32-bit kernel: the bare C soak opens connections over loopback, and a sampler
 * writes LowFree and MemFree to the console until the kernel gives up. What `tune walls` says of such a machine is kept
 * beside it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTypeScript } from '../../vm/load-typescript.mjs';
import { ensureLowMemoryImage } from '../low-memory/image.mjs';
import { REPOSITORY } from '../tools/host.mjs';

const MEMORY_MIB = 4096;
const GOAL = 400_000;
const PER_PROCESS = 25_000;
/** The soak never ends by itself once a process of its own was killed. */
const SOAK_SECONDS = 240;
const AFTER_SECONDS = 5;

/** Lives through what it watches, and speaks where it is heard even when nothing else answers any more. */
const SAMPLER = `#!/bin/bash
echo -1000 >/proc/self/oom_score_adj
# Opened now, since a new process or file may not be had later.
mkfifo /run/never
exec 8>/dev/console 9<>/run/never
while :; do
  read -r up _ </proc/uptime
  while read -r key value _; do
    case $key in
      MemTotal:) mt=$value ;; MemFree:) mf=$value ;; LowTotal:) lt=$value ;; LowFree:) lf=$value ;; Slab:) sl=$value ;;
    esac
  done </proc/meminfo
  while read -r kind _ inuse _; do [ "$kind" = TCP: ] && sockets=$inuse; done </proc/net/sockstat
  echo "sample $up $mt $mf $lt $lf $sl $sockets" >&8
  read -r -t 0.5 -u 9
done
`;

function samplesOf(text) {
  const pattern = /sample ([\d.]+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/g;
  return [...text.matchAll(pattern)].map(([, ...fields]) => {
    const [seconds, memTotal, memFree, lowTotal, lowFree, slab, sockets] = fields.map(Number);
    const bytes = (kB) => kB * 1024;
    return {
      seconds,
      sockets,
      memTotal: bytes(memTotal),
      memFree: bytes(memFree),
      lowTotal: bytes(lowTotal),
      lowFree: bytes(lowFree),
      slab: bytes(slab),
    };
  });
}

/** The captured host of the fixture, with this machine's sizes, as `tune walls` sees it. */
function predicted({ memTotal, memFree, lowTotal, lowFree }) {
  const fixture = join(REPOSITORY, 'test/fixtures/hosts/i686-lowmem/host.json');
  const folder = mkdtempSync(join(tmpdir(), 'tune-article-'));
  try {
    const host = JSON.parse(readFileSync(fixture, 'utf8'));
    const text = JSON.stringify(host);
    const sizes = { MemTotal: memTotal, MemFree: memFree, LowTotal: lowTotal, LowFree: lowFree };
    let replaced = text;
    for (const [name, bytes] of Object.entries(sizes)) {
      replaced = replaced.replace(
        new RegExp(`(\\\\n|")(${name}:\\s+)\\d+( kB)`),
        `$1$2${Math.round(bytes / 1024)}$3`,
      );
    }
    writeFileSync(join(folder, 'host.json'), replaced);
    const args = [
      'walls',
      '--host',
      join(folder, 'host.json'),
      '--loopback',
      '--busy',
      '0%',
      '--format',
      'json',
    ];
    const done = spawnSync(process.execPath, [join(REPOSITORY, 'dist/tune.cjs'), ...args], {
      encoding: 'utf8',
    });
    const { walls } = JSON.parse(done.stdout);
    const { at, arithmetic, current } = walls.find(({ key }) => key === 'LowTotal');
    return { at: Number(at), arithmetic, current };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function measure() {
  const { Machine } = await loadTypeScript('test/vm/machine.ts');
  const { ensureImages } = await loadTypeScript('test/vm/images.ts');
  const { debian13 } = await ensureImages();
  const image = await ensureLowMemoryImage(debian13.emulatorRoot);
  const machine = await Machine.create(image, { memoryMiB: MEMORY_MIB });
  try {
    const kernel = await machine.check('uname -rm');
    await machine.writeFile('/run/sampler', SAMPLER);
    const soak = `soak ${GOAL} ${PER_PROCESS} 3 2 2024 256 127.1.0.1 0`;
    const script = `bash /run/sampler >/dev/null 2>&1 & sampler=$!
sleep 2
ulimit -n ${PER_PROCESS + 100}
timeout ${SOAK_SECONDS} ${soak} >/run/soak.out 2>/run/soak.err; echo "soak=$?"
sleep ${AFTER_SECONDS}
kill $sampler
cat /run/soak.out /run/soak.err
dmesg | grep -E 'invoked oom-killer|Out of memory|allocation failure|Normal free:|HighMem free:' | head -40`;
    const answer = await machine
      .run(script, { timeoutSeconds: SOAK_SECONDS + 60 })
      .catch((error) => ({ exitCode: null, timedOut: true, output: error.message }));
    const console = machine.console.text;
    const samples = samplesOf(console);
    const kills = console
      .split(/\r?\n/)
      .filter((line) => /Out of memory|oom/i.test(line) && !/^sample/.test(line));
    return {
      place: `32-bit Debian 12 in a virtual machine, ${MEMORY_MIB} MiB`,
      kernel,
      command: soak,
      goal: GOAL,
      answered: answer.exitCode !== null && !answer.timedOut,
      output: answer.output.slice(0, 12_000).split('\n'),
      consoleKills: kills.slice(0, 20),
      samples,
      predicted: samples[0] === undefined ? null : predicted(samples[0]),
    };
  } finally {
    await machine.dispose();
  }
}
