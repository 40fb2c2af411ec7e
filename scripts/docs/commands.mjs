/**
 * What the command line takes, out of its own definitions: src/cli/index.ts is run with a yargs that only writes down
 * what it is told. Whatever command or option is added there is then in the manual page and in the completions.
 */
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Returns `{version, usage, epilogue, options, commands, profiles, keys}`. A command is `{words, isDefault, describe,
 * positionals, options, commands}`, where `words` are its name and its arguments; an option or positional is `{name,
 * alias, describe, takesValue, choices}`. Hidden ones are left out. `profiles` and `keys` are what may follow
 * `--profile` and `explain`.
 */
export async function loadCommands() {
  const outfile = join(tmpdir(), `tune-commands-${process.pid}.cjs`);
  await build({
    stdin: {
      contents: `
        export { runCli } from './src/cli/index.ts';
        export { VERSION } from './src/cli/version.ts';
        export { TUNABLES } from './src/tunables/index.ts';
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['koffi'],
    define: { TUNE_SHIPPED_PROFILES: '{}' },
    plugins: [{ name: 'recorder', setup: recordYargs }],
    outfile,
    logLevel: 'error',
  });
  try {
    const { runCli, VERSION, TUNABLES } = createRequire(import.meta.url)(outfile);
    const told = { options: [], positionals: [], commands: [] };
    globalThis.tuneRecorder = () => recorder(told);
    await runCli([], { width: 80, print: () => undefined, complain: () => undefined });
    return {
      ...told,
      version: VERSION,
      profiles: await profileNames(),
      keys: TUNABLES.map((t) => t.key).sort(),
    };
  } finally {
    rmSync(outfile, { force: true });
  }
}

function recordYargs(builder) {
  builder.onResolve({ filter: /^yargs$/ }, () => ({ path: 'yargs', namespace: 'recorder' }));
  builder.onLoad({ filter: /.*/, namespace: 'recorder' }, () => ({
    contents: 'export default () => globalThis.tuneRecorder();',
  }));
}

async function profileNames() {
  const { readdirSync } = await import('node:fs');
  return readdirSync(join(root, 'profiles'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();
}

/** Every method of yargs returns yargs; those that say something are written down. */
function recorder(told) {
  const option = (list) => (name, definition) => {
    if (!definition.hidden) list.push(describeOption(name, definition));
    return proxy;
  };
  const methods = {
    option: option(told.options),
    positional: option(told.positionals),
    usage: (text) => {
      told.usage = text;
      return proxy;
    },
    epilogue: (text) => {
      told.epilogue = text;
      return proxy;
    },
    command: (spec, describe, define) => {
      if (describe === false) return proxy;
      const [words, ...others] = [spec].flat();
      const command = { words, isDefault: others.includes('$0'), describe };
      const within = { options: [], positionals: [], commands: [] };
      if (typeof define === 'function') define(recorder(within));
      told.commands.push({ ...command, ...within });
      return proxy;
    },
    parseAsync: async () => ({}),
  };
  const proxy = new Proxy({}, { get: (_, name) => methods[name] ?? (() => proxy) });
  return proxy;
}

function describeOption(name, { alias, describe = '', type, choices, demandOption = false }) {
  return { name, alias, describe, takesValue: type !== 'boolean', choices, isRequired: demandOption };
}
