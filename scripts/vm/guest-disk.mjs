/** Turns a Debian root folder into a machine: its settings, and a bootable disk made by mkfs.ext4 -d. */
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUEST_FILES } from './recipe.mjs';
import { inChroot, run } from './sandbox.mjs';

/** Makes the root folder a machine: its name, disk, users without passwords, and the agent on the second serial port. */
export async function configureGuest(root, name, { log }) {
  const write = (path, text, mode = 0o644) => writeFileSync(join(root, path), text, { mode });
  write('etc/hostname', `${name}\n`);
  write('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost ip6-loopback\n`);
  write('etc/fstab', '/dev/vda / ext4 errors=remount-ro 0 1\n');
  write('etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444);
  // Half the initrd, so less to unpack under emulation at every boot: no driver but those of this machine.
  write('etc/initramfs-tools/conf.d/vm', 'MODULES=list\n');
  write('etc/initramfs-tools/modules', 'virtio_pci\nvirtio_blk\next4\n');
  cpSync(join(GUEST_FILES, 'serial-agent.service'), join(root, 'etc/systemd/system/serial-agent.service'));
  cpSync(join(GUEST_FILES, 'serial-agent.sh'), join(root, 'usr/local/sbin/serial-agent'));
  const script = `
    chmod 755 /usr/local/sbin/serial-agent
    passwd --delete root
    useradd --create-home --shell /bin/bash alice
    passwd --delete alice
    systemctl enable serial-agent.service
    update-initramfs -u -k all`;
  await run(inChroot(root, ['sh', '-euc', script]), { log });
}

/** Writes `disk.img`, `vmlinuz` and `initrd` of `root` into `folder`. */
export async function makeDisk(root, folder, { diskSize, log }) {
  const boot = readdirSync(join(root, 'boot'));
  for (const [prefix, target] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd'],
  ]) {
    const found = boot.filter((file) => file.startsWith(prefix));
    if (found.length !== 1) throw new Error(`expected one ${prefix}* in ${root}/boot, found ${found.length}`);
    cpSync(join(root, 'boot', found[0]), join(folder, target));
  }
  const options = ['-q', '-F', '-L', 'root', '-E', 'lazy_itable_init=1,root_owner=0:0'];
  await run(['mkfs.ext4', ...options, '-d', root, join(folder, 'disk.img'), diskSize], { log });
}
