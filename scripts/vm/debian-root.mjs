/** A Debian root folder: debootstrap, then apt in a chroot. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inChroot, run, withPrivateMounts } from './sandbox.mjs';

/** Lets dpkg skip its fsyncs, and keeps package scripts from starting daemons, while the folder is being filled. */
const BUILD_ONLY = {
  'etc/dpkg/dpkg.cfg.d/unsafe-io': { text: 'force-unsafe-io\n', mode: 0o644 },
  'usr/sbin/policy-rc.d': { text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
};

/** Fills `root` with a minimal system of `suite` and these packages, without recommended ones. */
export async function makeRoot(root, { suite, packages }, { mirror, log }) {
  mkdirSync(root, { recursive: true });
  const bootstrap = 'exec debootstrap --variant=minbase "$1" "$2" "$3"';
  await run(withPrivateMounts(bootstrap, [suite, root, mirror]), { log });
  for (const [path, { text, mode }] of Object.entries(BUILD_ONLY)) {
    writeFileSync(join(root, path), text, { mode });
  }
  const install = ['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...packages];
  await run(inChroot(root, install), { log });
  for (const path of [...Object.keys(BUILD_ONLY), 'etc/resolv.conf', 'etc/apt/sources.list']) {
    rmSync(join(root, path), { force: true });
  }
  await run(inChroot(root, ['apt-get', 'clean']), { log });
  for (const name of readdirSync(join(root, 'var/lib/apt/lists'))) {
    rmSync(join(root, 'var/lib/apt/lists', name), { recursive: true });
  }
}
