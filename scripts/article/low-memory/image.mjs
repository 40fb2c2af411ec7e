/**
 * A 32-bit Debian 12 with the bare C soak in it, as an image that `test/vm/machine.ts` boots. Built once from the Debian
 * mirror apt is configured with, and cached under a hash of what it is made of. Needs root, on amd64.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configureGuest, makeDisk } from '../../vm/guest-disk.mjs';
import { findMirror } from '../../vm/mirror.mjs';
import { HERE as VM_SCRIPTS } from '../../vm/recipe.mjs';
import { inChroot, run, withPrivateMounts } from '../../vm/sandbox.mjs';

const REPOSITORY = join(VM_SCRIPTS, '../..');
const SOAK_SOURCE = join(REPOSITORY, 'bench/c/soak.c');

/** The last Debian with a 32-bit kernel; `pae` is the build that can use more than 4 GiB at all. */
const GUEST = {
  suite: 'bookworm',
  arch: 'i386',
  diskSize: '3G',
  packages: [
    ...['systemd', 'systemd-sysv', 'udev', 'login', 'passwd', 'iproute2', 'procps', 'kmod', 'netbase'],
    ...['initramfs-tools', 'linux-image-686-pae'],
    // The soak is compiled by the guest's own compiler.
    ...['gcc', 'libc6-dev'],
  ],
};

/** Only while the folder is filled: no fsync, no daemons. */
const BUILD_ONLY = {
  'etc/dpkg/dpkg.cfg.d/unsafe-io': { text: 'force-unsafe-io\n', mode: 0o644 },
  'usr/sbin/policy-rc.d': { text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
};

function recipeKey() {
  const hash = createHash('sha256').update(JSON.stringify(GUEST)).update(readFileSync(SOAK_SOURCE));
  for (const name of ['guest-disk.mjs', 'guest/serial-agent.sh', 'guest/serial-agent.service']) {
    hash.update(readFileSync(join(VM_SCRIPTS, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function fillRoot(root, context) {
  mkdirSync(root, { recursive: true });
  const bootstrap = 'exec debootstrap --variant=minbase --arch="$1" "$2" "$3" "$4"';
  await run(withPrivateMounts(bootstrap, [GUEST.arch, GUEST.suite, root, context.mirror]), context);
  for (const [path, { text, mode }] of Object.entries(BUILD_ONLY)) {
    writeFileSync(join(root, path), text, { mode });
  }
  const install = ['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...GUEST.packages];
  await run(inChroot(root, install), context);
  cpSync(SOAK_SOURCE, join(root, 'root/soak.c'));
  const compile = ['gcc', '-O2', '-Wall', '-o', '/usr/local/bin/soak', '/root/soak.c'];
  await run(inChroot(root, compile), context);
  for (const path of [...Object.keys(BUILD_ONLY), 'etc/resolv.conf', 'etc/apt/sources.list']) {
    rmSync(join(root, path), { force: true });
  }
  await run(inChroot(root, ['apt-get', 'clean']), context);
}

/**
 * Builds what is not cached.
 * @param {string} emulatorRoot the emulator's Debian, from `ensureImages`
 * @returns an `Image` of test/vm/images.ts
 */
export async function ensureLowMemoryImage(emulatorRoot) {
  const cache = join(REPOSITORY, '.cache/article');
  const folder = join(cache, `i386-${recipeKey()}`);
  if (!existsSync(join(folder, 'built'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const log = (chunk) => appendFileSync(join(cache, 'build-i386.log'), chunk);
    const context = { mirror: findMirror(), log };
    const root = join(folder, 'root');
    await fillRoot(root, context);
    await configureGuest(root, 'i386', context);
    await makeDisk(root, folder, { ...context, diskSize: GUEST.diskSize });
    rmSync(root, { recursive: true });
    writeFileSync(join(folder, 'built'), '');
  }
  const [disk, kernel, initrd] = ['disk.img', 'vmlinuz', 'initrd'].map((name) => join(folder, name));
  return { name: 'debian12-i386', disk, kernel, initrd, emulatorRoot, cache };
}
