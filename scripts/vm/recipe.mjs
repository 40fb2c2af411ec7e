/**
 * What the VM images are made of, as data, and the key under which a built one is cached: a hash of the definition and
 * of the files that shape the result. Packages are installed without recommendations, so what a usual installation gets
 * through a recommendation (dbus, libpam-systemd, linux-sysctl-defaults) is named here.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const GUEST_FILES = join(HERE, 'guest');

const GUEST_PACKAGES = [
  // The host itself, as the installer leaves it.
  ...['systemd', 'systemd-sysv', 'udev', 'dbus', 'libpam-systemd', 'libpam-modules', 'login', 'passwd'],
  ...['iproute2', 'procps', 'kmod', 'cron', 'netbase', 'nftables'],
  // What boots it.
  ...['initramfs-tools', 'linux-image-cloud-amd64'],
  // What a Node binary links to.
  ...['libatomic1', 'libstdc++6'],
];

/** The guests, by the name of their image. */
export const GUESTS = {
  debian12: { suite: 'bookworm', diskSize: '4G', packages: GUEST_PACKAGES },
  debian13: { suite: 'trixie', diskSize: '4G', packages: [...GUEST_PACKAGES, 'linux-sysctl-defaults'] },
};

/** QEMU 7.2 of Debian 12 corrupts a guest with kernel 6.12, so the emulator always runs from a Debian 13 chroot. */
export const EMULATOR = { suite: 'trixie', packages: ['qemu-system-x86', 'qemu-utils'] };

const ROOT_FILES = ['debian-root.mjs'];
const GUEST_RECIPE_FILES = [
  ...ROOT_FILES,
  ...['guest-disk.mjs', 'guest/serial-agent.sh', 'guest/serial-agent.service'],
];

/** Twelve hex digits; they change when the definition or a file that shapes the result changes. */
export function recipeKey(name, definition) {
  const hash = createHash('sha256').update(JSON.stringify(definition));
  const files = name === 'emulator' ? ROOT_FILES : GUEST_RECIPE_FILES;
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(HERE, file)));
  return hash.digest('hex').slice(0, 12);
}

/** The cached folder of `name` (`debian12`, `debian13`, `emulator`) for this recipe. */
export function cachedFolder(cache, name, definition) {
  return join(cache, `${name}-${recipeKey(name, definition)}`);
}

/** Folders of `name` that an older recipe left behind. */
export function staleFolders(cache, name, definition) {
  const current = `${name}-${recipeKey(name, definition)}`;
  return readdirSync(cache)
    .filter((entry) => entry.startsWith(`${name}-`) && entry !== current)
    .map((entry) => join(cache, entry));
}
