/** modules-load.d(5) and modprobe.d(5): a key whose module loads later is missed by the loader at boot. */
import { formatValue, type Value } from '../../model/value.ts';
import { type Author, type Fragment, renderFragment } from './fragment.ts';

export interface ModuleNeed {
  readonly module: string;
  /** The keys that need it. */
  readonly keys: readonly string[];
}

export function modulesLoadFragment(author: Author, modules: readonly ModuleNeed[]): Fragment {
  return renderFragment(
    author,
    modules.map(({ module, keys }) => ({
      key: keys[0] ?? module,
      reason: `Loaded early so that ${keys.join(' and ')} can be set at boot: the loader skips keys that are not there yet.`,
      lines: [module],
    })),
  );
}

/** The hash table's size when the module loads; resizing it later works too, but copies every entry. */
export function modprobeFragment(author: Author, buckets: Value): Fragment {
  return renderFragment(author, [
    {
      key: 'net.netfilter.nf_conntrack_buckets',
      reason: 'The hash table gets its size when the module loads, whoever loads it first.',
      lines: [`options nf_conntrack hashsize=${formatValue(buckets)}`],
    },
  ]);
}
