/** One tree of limits files through real PAM sessions and through the model, and where they part. */
import { RESOURCES } from '../../../src/boot/limit-items.ts';
import { pamLimits } from '../../../src/boot/pam-limits.ts';
import type { Limits, PamContext, PamVariant } from '../../../src/boot/pam-types.ts';
import type { FileTree, TreeEntry } from '../../../src/boot/tree.ts';
import type { Quantity } from '../../../src/model/value.ts';
import { bytesOf } from './bytes.ts';
import { entryForModel } from './compare-sysctl.ts';
import type { LimitsSpec } from './limits-trees.ts';
import type { SpecEntry } from './sysctl-trees.ts';
import { GROUP, PASSWD, USERS } from './users.ts';
import type { Worker } from './worker-client.ts';

export interface PamBench {
  readonly worker: Worker;
  readonly context: PamContext;
  readonly variant: PamVariant;
}

interface Facts {
  readonly init: string;
  readonly own: string;
  readonly status: string;
  readonly nrOpen: string;
  readonly debian: string;
}

export async function preparePam(worker: Worker, variant: (debian: string) => PamVariant): Promise<PamBench> {
  const facts = await worker.ask<Facts>({ ask: 'users', passwd: PASSWD, group: GROUP });
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(facts.status)?.[1] ?? '0'}`);
  const context: PamContext = {
    nrOpen: BigInt(facts.nrOpen),
    privileged: ((capabilities >> 24n) & 1n) === 1n,
    inherited: readLimits(facts.own),
    init: readLimits(facts.init),
  };
  process.stderr.write(
    `Debian ${facts.debian}, ${context.privileged ? 'with' : 'without'} CAP_SYS_RESOURCE\n`,
  );
  return { worker, context, variant: variant(facts.debian) };
}

const NAMES: Readonly<Record<string, string>> = {
  cpu: 'cpu time',
  fsize: 'file size',
  data: 'data size',
  stack: 'stack size',
  core: 'core file size',
  rss: 'resident set',
  nproc: 'processes',
  nofile: 'open files',
  memlock: 'locked memory',
  as: 'address space',
  locks: 'file locks',
  sigpending: 'pending signals',
  msgqueue: 'msgqueue size',
  nice: 'nice priority',
  rtprio: 'realtime priority',
};

function readLimits(text: string): Limits {
  return Object.fromEntries(
    RESOURCES.map((resource) => {
      const match = new RegExp(`^Max ${NAMES[resource]} +(\\S+) +(\\S+)`, 'm').exec(text);
      return [resource, { soft: quantity(match?.[1] ?? ''), hard: quantity(match?.[2] ?? '') }];
    }),
  );
}

function quantity(text: string): Quantity {
  return text === 'unlimited' || text === '18446744073709551615' ? 'unlimited' : BigInt(text);
}

/** The numbers of RLIMIT_* on Linux, in the order the C program prints them. */
const BY_NUMBER = [
  'cpu',
  'fsize',
  'data',
  'stack',
  'core',
  'rss',
  'nproc',
  'nofile',
  'memlock',
  'as',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
];

export async function pamDisagreements(bench: PamBench, spec: LimitsSpec): Promise<readonly string[]> {
  const request = {
    ask: 'tree',
    main: spec.main && forWorker(spec.main),
    dropIns: spec.dropIns.map(forWorker),
  };
  const names = USERS.map(({ name }) => name);
  const { sessions } = await bench.worker.ask<{ sessions: string[] }>({ ...request, users: names });
  const files: Record<string, TreeEntry> = {};
  if (spec.main) files['/etc/security/limits.conf'] = entryForModel(spec.main);
  const tree: FileTree = {
    directories: [{ path: '/etc/security/limits.d', entries: spec.dropIns.map(entryForModel) }],
    files,
  };
  return USERS.flatMap((user, i) => {
    const model = pamLimits(tree, user, bench.context, bench.variant);
    const [result = '', ...pairs] = (sessions[i] ?? '').split(' ');
    const refused = result !== '0';
    if (refused !== (model.refused !== null)) {
      return [`${user.name}: model ${model.refused?.reason ?? 'opens'}, real ${sessions[i]}`];
    }
    if (refused) return [];
    return BY_NUMBER.flatMap((resource, n) => {
      const [soft = '', hard = ''] = pairs[n]?.split(':') ?? [];
      const real = `${quantity(soft)}:${quantity(hard)}`;
      const mine = `${model.limits[resource]?.soft}:${model.limits[resource]?.hard}`;
      return real === mine ? [] : [`${user.name} ${resource}: model ${mine}, real ${real}`];
    });
  });
}

function forWorker({ name, kind, text }: SpecEntry): object {
  const target = kind === 'dangling' ? '/nowhere/at-all' : kind === 'dev-null' ? '/dev/null' : null;
  return { name, kind, ...(target ? { target } : {}), bytes: bytesOf(text).toString('base64') };
}
