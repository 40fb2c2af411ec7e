/**
 * Opens /dev/null until that fails or MOST are open, prints `COUNT ERRNO` (`-` for none), and keeps them until stdin
 * ends: `node open-files.mjs MOST`.
 */
import { openSync } from 'node:fs';

const most = Number(process.argv[2]);
let count = 0;
let errno = '-';
for (; count < most; count++) {
  try {
    openSync('/dev/null', 'r');
  } catch (error) {
    errno = error.code;
    break;
  }
}
process.stdout.write(`${count} ${errno}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
