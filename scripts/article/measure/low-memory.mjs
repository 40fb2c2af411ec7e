/**
 * The article's out-of-memory story on a real 32-bit kernel: the bare C soak opens connections over loopback, and a sampler
 * writes LowFree and MemFree to the console until the kernel gives up. What `tune walls` says of such a machine is kept
 * beside it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadTypeScript } from '../../vm/load-typescript.mjs';
import { ensureLowMemoryImage } from '../low-memory/image.mjs';
import { REPOSITORY } from '../tools/host.mjs';

/** With more, the firmware puts the disk's registers above what a 32-bit kernel can reach, and there is no disk. */
const MEMORY_MIB = 3520;
const GOAL = 400_000;
const PER_PROCESS = 25_000;
/** On a busy machine the emulated one opens a few hundred connections per second. */
const SOAK_SECONDS = 1200;
/** The soak never ends by itself once a process of its own was killed; the kernel may kill more in the meantime. */
const AFTER_KILL_SECONDS = 10;

/**
 * Lives through what it watches, and speaks where it is heard even when nothing else answers any more. Every two seconds,
 * and whenever the sockets have moved by two thousand: the console keeps 64 KiB.
 */
const SAMPLER = `#!/bin/bash
echo -1000 >/proc/self/oom_score_adj
# Opened now, since a new process or file may not be had later.
mkfifo /run/never
exec 8>/dev/console 9<>/run/never
last=0 turns=0
while :; do
  read -r up _ </proc/uptime
  while read -r key value _; do
    case $key in
      MemTotal:) mt=$value ;; MemFree:) mf=$value ;; LowTotal:) lt=$value ;; LowFree:) lf=$value ;; Slab:) sl=$value ;;
    esac
  done </proc/meminfo
  while read -r kind _ inuse _; do [ "$kind" = TCP: ] && sockets=$inuse; done </proc/net/sockstat
  if ((turns++ % 8 == 0 || sockets - last >= 2000)); then
    echo "sample $up $mt $mf $lt $lf $sl $sockets" >&8
    last=$sockets
  fi
  read -r -t 0.25 -u 9
done
`;

/** Runs the soak until it ends, the kernel has killed somebody, or the time is over; says which. */
const WATCH = (soak) => `echo -1000 >/proc/self/oom_score_adj
bash /run/sampler >/dev/null 2>&1 & sampler=$!
sleep 3
ulimit -n ${PER_PROCESS + 100}
choom -n 0 -- ${soak} >/run/soak.out 2>/run/soak.err & soak=$!
ended=time
for ((i = 0; i < ${SOAK_SECONDS}; i++)); do
  sleep 1
  if ! kill -0 $soak 2>/dev/null; then wait $soak; ended="soak $?"; break; fi
  if dmesg | grep -q 'Out of memory: Killed process'; then ended=oom; sleep ${AFTER_KILL_SECONDS}; break; fi
done
kill $soak 2>/dev/null
kill $sampler
echo "ended=$ended"
cat /run/soak.out /run/soak.err
dmesg | grep -E 'invoked oom-killer|Out of memory|allocation failure|Normal free:|HighMem free:' | head -40`;

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

/** One for every two thousand sockets, and the end as it was. */
function thinned(samples) {
  const kept = [];
  for (const [i, sample] of samples.entries()) {
    const last = kept.at(-1);
    const isEnd = i >= samples.length - 10;
    if (last === undefined || isEnd || Math.abs(sample.sockets - last.sockets) >= 2000) kept.push(sample);
  }
  return kept;
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

/** What today's `tune walls` says of the machine that was measured. */
export function refreshed(figures) {
  const [first] = figures.samples;
  return { ...figures, predicted: first === undefined ? null : predicted(first) };
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
    const seconds = SOAK_SECONDS + 120;
    const silent = (output) => ({ exitCode: null, timedOut: true, output });
    const answer = await Promise.race([
      machine.run(WATCH(soak), { timeoutSeconds: seconds }).catch((error) => silent(error.message)),
      // Without low memory the guest's own shell gets no process any more, and never answers.
      machine.console.waitFor(/Out of memory: Killed process/, seconds).then(
        () =>
          sleep(3 * AFTER_KILL_SECONDS * 1000, silent('the kernel killed; then no answer from the guest')),
        () => new Promise(() => {}),
      ),
    ]);
    const console = machine.console.text;
    const samples = samplesOf(console);
    const kills = console
      .split(/\r?\n/)
      .filter((line) => /Out of memory|oom/i.test(line) && !/^sample/.test(line));
    return refreshed({
      place: `a 32-bit Debian 12 in a virtual machine with ${MEMORY_MIB} MiB`,
      kernel,
      command: soak,
      goal: GOAL,
      // Null when the machine did not answer any more: what is known then is on the console.
      ended: /^ended=(.*)$/m.exec(answer.output)?.[1] ?? null,
      output: answer.output.slice(0, 12_000).split('\n'),
      consoleKills: kills.slice(0, 20),
      samples: thinned(samples),
    });
  } finally {
    await machine.dispose();
  }
}
