/** The TypeScript that the virtual machine's half needs, each loaded once: two loads of one file would meet on disk. */
import { loadTypeScript } from '../vm/load-typescript.mjs';

export const methods = await loadTypeScript('src/evidence/vm-methods.ts');
export const { VM_KEYS } = await loadTypeScript('src/evidence/vm-experiments.ts');
export const { experimentsOf } = await loadTypeScript('src/evidence/plans.ts');
export const { Machine } = await loadTypeScript('test/vm/machine.ts');
export const { preparePayload } = await loadTypeScript('test/vm/payload.ts');
export const { ensureImages, whyNoMachine } = await loadTypeScript('test/vm/images.ts');
