/**
 * For every setting of a profile the soak with it and without it, and what that shows, kept in docs/evidence:
 *
 *   npm run evidence -- [--profile P]... [--only KEY]... [--place namespace|vm] [--again]
 *   npm run evidence -- --vm-results FILE       what the virtual machine's half has kept (scripts/evidence/vm.mjs)
 *   npm run evidence -- --render                the pages again, from what is kept
 *
 * namespace: network namespaces of their own (root; nothing of the host changes). vm: the settings that are the whole
 * host's. What was measured with the same inputs is not measured again: an interrupted run goes on where it was.
 */
import { loadTypeScript } from '../vm/load-typescript.mjs';

const { main } = await loadTypeScript('scripts/evidence/main.ts');
await main(process.argv.slice(2), {
  runInVm: async (experiments, hooks) => (await import('./vm.mjs')).runInVm(experiments, hooks),
});
