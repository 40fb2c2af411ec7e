/** The images that scripts/vm/build.mjs builds and caches, and whether this machine can boot them at all. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ImageName = 'debian12' | 'debian13';
export const IMAGE_NAMES: readonly ImageName[] = ['debian12', 'debian13'];

/** One bootable image, never written to: machines run on an overlay. Host paths. */
export interface Image {
  readonly name: ImageName;
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Root folder of the Debian that the emulator runs from. */
  readonly emulatorRoot: string;
  /** The folder that holds all of the above; machines keep their own files in it too. */
  readonly cache: string;
}

interface Built {
  readonly folder: string;
}

/** The emulator itself, its page tables and translated code, in MiB: what a machine costs beyond its own memory. */
const EMULATOR_OVERHEAD_MIB = 1024;

/** Why no machine with this much memory can run here, or null when one can. */
export function whyNoMachine(memoryMiB: number): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the images are for amd64 Linux; this is ${process.platform} ${process.arch}`;
  }
  if (process.getuid?.() !== 0) return 'building and booting the images needs root';
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  const availableMiB = Math.floor(Number(available) / 1024);
  const wantedMiB = memoryMiB + EMULATOR_OVERHEAD_MIB;
  if (availableMiB >= wantedMiB) return null;
  return `a ${memoryMiB} MiB machine needs ${wantedMiB} MiB, and ${availableMiB} MiB are available`;
}

/** Builds what is not cached yet (minutes), and answers where everything is. Progress goes to stderr. */
export async function ensureImages(): Promise<Readonly<Record<ImageName, Image>>> {
  const built = JSON.parse(await buildScript()) as Record<ImageName | 'emulator', Built>;
  const emulatorRoot = `${built.emulator.folder}/root`;
  const image = (name: ImageName): Image => {
    const { folder } = built[name];
    return {
      name,
      disk: `${folder}/disk.img`,
      kernel: `${folder}/vmlinuz`,
      initrd: `${folder}/initrd`,
      emulatorRoot,
      cache: dirname(folder),
    };
  };
  return { debian12: image('debian12'), debian13: image('debian13') };
}

/** Runs both releases where one says enough, and the full million: minutes more. */
export const RUNS_ALL = process.env.TUNE_VM_FULL === '1';

/** What a test file runs on when the releases make no difference to what it proves: one, and the rest is said to be left out. */
export function chosenReleases(enough: ImageName): {
  readonly run: readonly ImageName[];
  readonly rest: readonly ImageName[];
} {
  if (RUNS_ALL) return { run: IMAGE_NAMES, rest: [] };
  const rest = IMAGE_NAMES.filter((name) => name !== enough);
  process.stderr.write(`\nvm: on ${rest.join(', ')} SKIPPED: ${enough} is enough without TUNE_VM_FULL=1\n`);
  return { run: [enough], rest };
}

/** The images, or the reason why nothing can be booted here. */
export type Available =
  | { readonly images: Readonly<Record<ImageName, Image>>; readonly reason: null }
  | { readonly images: null; readonly reason: string };

/**
 * For test files: the images when machines with this much memory can run here. Otherwise the reason, which is also
 * printed, so that skipped tests are never silent. With TUNE_VM_REQUIRED=1, as in CI, it is an error instead.
 */
export async function availableImages(memoryMiB: number): Promise<Available> {
  const refuse = (reason: string): Available => {
    if (process.env.TUNE_VM_REQUIRED === '1') throw new Error(`no virtual machine: ${reason}`);
    process.stderr.write(`\nvm: tests SKIPPED, no virtual machine: ${reason}\n`);
    return { images: null, reason };
  };
  const obstacle = whyNoMachine(memoryMiB);
  if (obstacle !== null) return refuse(obstacle);
  try {
    return { images: await ensureImages(), reason: null };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function buildScript(): Promise<string> {
  const script = fileURLToPath(new URL('../../scripts/vm/build.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`scripts/vm/build.mjs failed with exit code ${code}`)),
    );
  });
}
