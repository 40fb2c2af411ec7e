/**
 * What the boot models cost: `node bench/boot.mjs`. Lines are spread over 20 files; every tenth is a glob, every
 * hundredth malformed. Then the worst single files that fit into the reader's limit of 1 MiB.
 */
import { build } from 'esbuild';

const models = await load(`
  export { systemdSysctl } from './src/boot/systemd-sysctl.ts';
  export { procpsSysctl } from './src/boot/procps-sysctl.ts';
  export { keySpace } from './src/boot/key-space.ts';
  export { keyPatterns } from './src/boot/key-patterns.ts';
  export { nextBoot } from './src/boot/next-boot.ts';
  export { pamLimits } from './src/boot/pam-limits.ts';
  export { DEBIAN_13 } from './src/boot/pam-types.ts';
`);

const INTERFACES = Array.from({ length: 50 }, (_, i) => `veth${i}`);
const LEAVES = ['rp_filter', 'arp_announce', 'forwarding', 'log_martians'];
const keys = models.keySpace([
  ...Array.from({ length: 1000 }, (_, i) => ({ path: `net/ipv4/key_${i}`, mode: 0o644 })),
  ...INTERFACES.flatMap((name) =>
    LEAVES.map((leaf) => ({ path: `net/ipv4/conf/${name}/${leaf}`, mode: 0o644 })),
  ),
]);

const sysctlLine = (i) => {
  if (i % 100 === 99) return 'this is not an assignment';
  if (i % 10 === 9) return `net.ipv4.conf.veth${i % 50}*.${LEAVES[i % 4]} = ${i % 3}`;
  return `net.ipv4.key_${(i * 7919) % 1000} = ${i}`;
};
const limitsLine = (i) =>
  `${['*', 'alice', '@wheel', `user${i}`, `${i}:`][i % 5]} ${['soft', 'hard', '-'][i % 3]} nofile ${1024 + i}`;

const spread = (directory, count, line) => ({
  path: directory,
  entries: Array.from({ length: 20 }, (_, f) => ({
    name: `${10 + f}.conf`,
    kind: 'file',
    text: Array.from({ length: Math.ceil(count / 20) }, (_, i) => `${line(f * 1009 + i)}\n`).join(''),
  })),
});

const alice = { name: 'alice', uid: 1000, gid: 1000, groups: [{ name: 'wheel', gid: 10 }] };
const pair = { soft: 1024n, hard: 524288n };
const context = { nrOpen: 1048576n, privileged: true, inherited: { nofile: pair }, init: {} };
const boot = (tree) =>
  models.nextBoot({
    ...{
      tree,
      keys,
      knowledge: () => null,
      unset: () => null,
      systemd: true,
      cmdline: '',
      moduleIsEarly: () => true,
    },
  });

console.log('lines      systemd     procps   patterns  next boot        pam   (ms, best of 5)');
for (const count of [100, 1_000, 10_000, 100_000]) {
  const tree = { directories: [spread('/etc/sysctl.d', count, sysctlLine)], files: {} };
  const limits = {
    directories: [spread('/etc/security/limits.d', count, limitsLine)],
    files: { '/etc/security/limits.conf': { name: 'limits.conf', kind: 'file', text: '' } },
  };
  const times = [
    () => models.systemdSysctl(tree, keys),
    () => models.procpsSysctl(tree, keys),
    () => models.keyPatterns(tree),
    () => boot(tree),
    () => models.pamLimits(limits, alice, context, models.DEBIAN_13),
  ].map(best);
  console.log(String(count).padStart(7), ...times.map((ms) => ms.toFixed(2).padStart(10)));
}

const MIB = 1 << 20;
const fill = (unit) => unit.repeat(Math.floor(MIB / unit.length));
const WORST = {
  'globs over all interfaces': fill('net.ipv4.conf.*.*=1\n'),
  'globs over everything': fill('*.*.*.*=1\n'),
  'different globs': Array.from({ length: 40_000 }, (_, i) => `net.ipv4.*_${i}*=1\n`).join(''),
  'brace bombs': fill(`net.ipv4.${'{a,b}'.repeat(30)}*=1\n`),
  'one line of stars': `net.ipv4.${'*a'.repeat(MIB / 2 - 20)}b=1\n`,
  'one line of braces': `net.ipv4.${'{a,'.repeat(MIB / 3 - 20)}*=1\n`,
  'one line of slashes': `net/${'a/'.repeat(MIB / 2 - 20)}x=1\n`,
  'one line of dots': `net.${'./'.repeat(MIB / 2 - 20)}x=1\n`,
  'one line of blanks': `net.ipv4.key_1 = ${' '.repeat(MIB - 40)}5\n`,
  'nothing but newlines': fill('\n'),
  'nothing but NUL': fill('\0'),
  'malformed lines': fill('x\n'),
};
console.log('\nworst files of 1 MiB       next boot (ms)   writes  complaints');
for (const [title, text] of Object.entries(WORST)) {
  const tree = {
    directories: [{ path: '/etc/sysctl.d', entries: [{ name: 'a.conf', kind: 'file', text }] }],
    files: {},
  };
  const start = performance.now();
  const { systemd, procps, complaints } = boot(tree);
  models.keyPatterns(tree);
  const ms = performance.now() - start;
  const writes = systemd.result.writes.length + procps.result.writes.length;
  console.log(
    title.padEnd(27),
    ms.toFixed(0).padStart(10),
    String(writes).padStart(10),
    String(complaints.length).padStart(10),
  );
}

function best(run) {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** The models are TypeScript: bundled in memory for this run. */
async function load(contents) {
  const bundle = await build({
    stdin: { contents, resolveDir: new URL('..', import.meta.url).pathname, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error' },
  });
  const [{ text }] = bundle.outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}
