/**
 * Holds every profile's connections for real, and keeps what came of it in docs/evidence:
 *
 *   npm run proofs -- [--profile P]... [--where vm|here]... [--connections N] [--package FILE] [--note TEXT]
 *   npm run proofs -- --render
 *
 * vm: a Debian 13 guest installs the package, applies the profile, reboots, and one server process holds them.
 * here: the same package's `tune trial`, spread over server processes, in a network namespace and a memory control group
 * of its own. Needs root, the package of `npm run build:deb`, and memory: a run that does not fit is left out, and said so.
 */
import { loadTypeScript } from '../vm/load-typescript.mjs';

const { main } = await loadTypeScript('scripts/proofs/main.ts');
process.exitCode = await main(process.argv.slice(2));
