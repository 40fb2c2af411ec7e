import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** Who may import whom, exactly, and why. A folder that is not here may not exist. */
const LAYERS: Readonly<
  Record<
    string,
    { readonly may: readonly string[]; readonly packages: readonly string[]; readonly why: string }
  >
> = {
  model: { may: [], packages: [], why: 'the nouns depend on nothing' },
  tunables: { may: ['model'], packages: [], why: 'knowledge only' },
  rules: { may: ['model'], packages: [], why: 'pure checks over facts' },
  profile: { may: ['model'], packages: ['yaml', 'zod/mini'], why: 'text to a resolved profile, without I/O' },
  boot: { may: ['model'], packages: [], why: 'pure models of the loaders' },
  diff: { may: ['model', 'profile'], packages: [], why: 'judges a snapshot against a resolved profile' },
  walls: { may: ['model'], packages: [], why: 'pure arithmetic over a snapshot' },
  plan: {
    may: ['model', 'tunables', 'rules'],
    packages: ['diff', 'zod/mini'],
    why: 'pure: findings to an ordered plan',
  },
  host: { may: ['model'], packages: ['zod/mini', 'execa'], why: 'the door to the machine' },
  gather: { may: ['model', 'host', 'tunables', 'boot'], packages: [], why: 'facts through the reading door' },
  write: { may: ['model', 'host'], packages: ['zod/mini'], why: 'the only place that changes a machine' },
  soak: {
    may: ['model', 'host', 'gather'],
    packages: ['koffi', 'hdr-histogram-js'],
    why: 'sockets and counters',
  },
  report: { may: ['model', 'boot'], packages: ['zod/mini'], why: 'results to strings' },
  pipeline: {
    may: [
      'model',
      'tunables',
      'rules',
      'profile',
      'boot',
      'diff',
      'walls',
      'plan',
      'host',
      'gather',
      'write',
      'soak',
      'report',
    ],
    packages: [],
    why: 'the story: everything but the terminal',
  },
  change: {
    may: ['model', 'boot', 'diff', 'gather', 'host', 'pipeline', 'plan', 'write'],
    packages: [],
    why: 'the story of a change, apart so that an audit does not load it',
  },
  trial: { may: ['model'], packages: [], why: 'pure: what to try, and how two trials differ' },
  experiment: {
    may: ['model', 'diff', 'gather', 'host', 'pipeline', 'plan', 'trial', 'write'],
    packages: [],
    why: 'the story of a trial, apart so that an audit does not load it',
  },
  evidence: { may: ['model'], packages: [], why: 'pure: which soaks show a setting, and what they showed' },
  verify: { may: ['model', 'boot'], packages: [], why: 'pure: was what was applied kept' },
  verification: {
    may: ['model', 'boot', 'diff', 'gather', 'host', 'pipeline', 'plan', 'soak', 'verify', 'write'],
    packages: [],
    why: 'the story of a verification, apart so that an audit does not load it',
  },
  cli: {
    may: [
      'change',
      'evidence',
      'verification',
      'experiment',
      'trial',
      'model',
      'tunables',
      'rules',
      'profile',
      'boot',
      'diff',
      'walls',
      'plan',
      'host',
      'gather',
      'write',
      'soak',
      'report',
      'pipeline',
    ],
    packages: ['yargs', 'chalk', 'zod/mini'],
    why: 'flags, terminal, exit codes',
  },
  main: { may: ['cli', 'model', 'soak'], packages: [], why: 'argv to exit code' },
};

/** Modules of Node that reach outside the process, and the only files that may. */
const DOORS: Readonly<Record<string, RegExp>> = {
  'node:fs': /^src\/host\/(linux|writer)[^/]*\.ts$|^src\/soak\/|^src\/cli\/commands\/(soak|trial)\.ts$/,
  'node:fs/promises': /^$/,
  'node:child_process': /^src\/host\/linux\.ts$|^src\/soak\//,
  'node:net': /^$/,
  'node:http': /^$/,
  'node:os': /^src\/soak\/|^src\/cli\/commands\/verify\.ts$/,
  execa: /^src\/(host|write)\//,
  koffi: /^src\/soak\/(libc|embedded-ffi)\.ts$/,
};

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name));

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?\sfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g;

function importsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
}

function layerOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

describe('layers', () => {
  test('every folder of src has a layer, and every layer with files is one', () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in LAYERS))).toEqual([]);
  });

  test.each(files)('%s imports only what its layer may', (file) => {
    const layer = layerOf(file);
    const allowed = LAYERS[layer];
    if (allowed === undefined) throw new Error(`${layer} has no rule`);
    const wrong = importsOf(file).filter((name) => {
      if (name.startsWith('.')) {
        const target = normalize(join(dirname(file), name));
        if (target === 'package.json') return layer !== 'cli';
        const other = layerOf(target);
        return other !== layer && !allowed.may.includes(other);
      }
      if (name.startsWith('node:')) return name in DOORS && !DOORS[name]?.test(file);
      return !allowed.packages.includes(name) || (name in DOORS && !DOORS[name]?.test(file));
    });
    expect(wrong).toEqual([]);
  });

  test('the pure core has no clock, no randomness and no process', () => {
    const pure = files.filter((f) =>
      /^src\/(model|tunables|rules|profile|boot|diff|walls|plan|verify|trial|evidence|report|gather)\//.test(
        f,
      ),
    );
    const impure = pure.filter((f) =>
      /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.[a-z]+\b(?= *[.([=])|process\.(env|argv|pid|ppid|arch|platform)\b|console\.)/.test(
        readFileSync(f, 'utf8'),
      ),
    );
    expect(impure).toEqual([]);
  });

  test('gathering cannot write: it never imports anything but the reading half of the door', () => {
    const doors = files
      .filter((f) => layerOf(f) === 'gather')
      .flatMap(importsOf)
      .filter((name) => name.includes('/host/'));
    expect([...new Set(doors)].filter((name) => !/\/host\/(reader|recorded)\.ts$/.test(name))).toEqual([]);
  });

  test('only the CLI and main speak to the terminal', () => {
    const speaking = files.filter(
      (f) =>
        !/^src\/(cli|main|soak|host\/linux)/.test(f) &&
        /\bconsole\.|process\.(stdout|stderr|exit|argv|env)/.test(readFileSync(f, 'utf8')),
    );
    expect(speaking).toEqual([]);
  });
});
