/** Private copies of what the workers write to, so that nothing is seen outside their mount namespace. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

export const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** @param root '' for this system, or the path of a chroot. @param empty directories to cover with empty ones. */
export function isolate(root, empty) {
  run('mount', '--make-rprivate', '/');
  if (root !== '') {
    run('mount', '--rbind', '/proc', `${root}/proc`);
    run('mount', '--rbind', '/dev', `${root}/dev`);
  }
  run('mount', '-t', 'tmpfs', 'tmpfs', '/mnt');
  run('cp', '-a', `${root}/etc/.`, '/mnt');
  run('mount', '--move', '/mnt', `${root}/etc`);
  for (const path of empty) run('mount', '-t', 'tmpfs', 'tmpfs', `${root}${path}`);
  fs.accessSync(`${root}/etc/passwd`);
}
