/**
 * Builds build/tune_VERSION_amd64.deb around build/tune: manual page, completions, licences, schemas. The same
 * executable gives the same bytes: times are those of SOURCE_DATE_EPOCH, or of the commit. `--quick FILE` writes the
 * package there instead, hardly compressed, for tests.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCommands } from '../docs/commands.mjs';
import { renderBash, renderFish, renderZsh } from '../docs/completions.mjs';
import { renderManPage } from '../docs/man-page.mjs';
import { fetchRuntime } from '../executable/runtime.mjs';
import { renderCopyright } from './copyright.mjs';

/** What the runtime and the FFI are linked with; test/executable compares with the binaries. */
const DEPENDS = 'libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2)';
const MAINTAINER = 'tune maintainers <maintainers@tune.invalid>';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = join(root, 'build');
const tree = join(out, `deb-${process.pid}`);
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? git('log', '-1', '--format=%ct'));
const { version: upstream } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const version = `${upstream}-1`;
const quick = process.argv[2] === '--quick' ? process.argv[3] : undefined;
const deb = quick ?? join(out, `tune_${version}_amd64.deb`);

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

function put(path, content, mode = 0o644) {
  const at = join(tree, path);
  mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
  writeFileSync(at, content);
  chmodSync(at, mode);
}

/** As Debian's policy asks: best compression, and neither name nor time in the result. */
function gzip(content) {
  return execFileSync('gzip', ['-9n'], { input: content, maxBuffer: 16 << 20 });
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

const debianChangelog = () => `tune (${version}) unstable; urgency=medium

  * Built from the sources; what changed is in changelog.gz.

 -- ${MAINTAINER}  ${new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')}
`;

const control = (kilobytes) => `Package: tune
Version: ${version}
Architecture: amd64
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: ${DEPENDS}
Recommends: iproute2
Section: admin
Priority: optional
Description: make a Linux host hold a million TCP connections, and prove it
 tune compares a host with a profile, says at how many connections the host
 would stop today and on which limit, and whether each setting will still be
 there after the next boot, by file and line. It writes the settings as one
 transaction that can be undone byte for byte, and holds real connections to
 show that the promise is kept.
 .
 It is one executable with its runtime inside and needs no Node.js.
`;

if (!existsSync(join(out, 'tune'))) throw new Error('no build/tune: run "npm run build:executable" first');
process.umask(0o022);
try {
  mkdirSync(join(tree, 'usr', 'bin'), { recursive: true });
  copyFileSync(join(out, 'tune'), join(tree, 'usr', 'bin', 'tune'));
  chmodSync(join(tree, 'usr', 'bin', 'tune'), 0o755);
  const model = await loadCommands();
  const share = 'usr/share';
  put(`${share}/man/man1/tune.1.gz`, gzip(renderManPage(model)));
  put(`${share}/bash-completion/completions/tune`, renderBash(model));
  put(`${share}/zsh/vendor-completions/_tune`, renderZsh(model));
  put(`${share}/fish/vendor_completions.d/tune.fish`, renderFish(model));
  put(`${share}/doc/tune/copyright`, renderCopyright(root, fetchRuntime()));
  put(`${share}/doc/tune/changelog.gz`, gzip(readFileSync(join(root, 'CHANGELOG.md'))));
  put(`${share}/doc/tune/changelog.Debian.gz`, gzip(debianChangelog()));
  for (const name of readdirSync(join(root, 'docs', 'schema'))) {
    put(`${share}/doc/tune/schema/${name}`, readFileSync(join(root, 'docs', 'schema', name)));
  }
  put(`${share}/lintian/overrides/tune`, readFileSync(join(root, 'scripts', 'deb', 'lintian-overrides')));

  const files = walk(tree).filter((path) => statSync(path).isFile());
  const sum = (path) => createHash('md5').update(readFileSync(path)).digest('hex');
  const sums = files
    .map((path) => `${sum(path)}  ${relative(tree, path)}`)
    .sort((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1));
  const bytes = files.reduce((total, path) => total + Math.ceil(statSync(path).size / 1024), 0);
  put('DEBIAN/md5sums', `${sums.join('\n')}\n`);
  put('DEBIAN/control', control(bytes));
  for (const path of [tree, ...walk(tree)]) utimesSync(path, epoch, epoch);

  if (quick === undefined) {
    for (const name of readdirSync(out)) if (/^tune_.*_amd64\.deb$/.test(name)) rmSync(join(out, name));
  }
  // xz -6 saves another seventh of the size, and takes a minute of CPU instead of eleven seconds.
  const compression = quick === undefined ? ['-Zxz', '-z1'] : ['-Zgzip', '-z1'];
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, `${deb}.part`], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(`${deb}.part`, deb);
  console.log(`${relative(root, deb)}: ${(statSync(deb).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(tree, { recursive: true, force: true });
  rmSync(`${deb}.part`, { force: true });
}
