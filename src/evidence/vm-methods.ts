/**
 * How a virtual machine shows what a setting is for: where its value lives, who runs what, and the commands of it.
 * Shell text for bash in the guest; a reader can type the same. Pure.
 */
import type { Observation } from '../model/evidence.ts';
import type { Experiment, ExperimentRuns } from './experiment.ts';

/** Releases of Debian that the images have: 12 leaves fs.nr_open at the kernel's own value, 13 raises it. */
export type Release = 'debian12' | 'debian13';

/**
 * soak: `tune soak`, whole reports. opener: a program that opens sockets until it is refused, for limits that the soak
 * raises for itself. limit: whether a limit can be set at all.
 */
export type Program = 'soak' | 'opener' | 'limit';

export interface VmMethod {
  readonly release: Release;
  readonly program: Program;
  /** user: without CAP_SYS_ADMIN, which exempts root from fs.file-max. */
  readonly by: 'root' | 'user' | 'service';
  /** With a rule that tracks connections, which the module alone does not. */
  readonly isTracked: boolean;
  /** Pairs of runs: one where it is held or lost, more where a rate decides. */
  readonly pairs: number;
}

const PLAIN: VmMethod = { release: 'debian13', program: 'soak', by: 'root', isTracked: false, pairs: 1 };

const METHODS: Readonly<Record<string, Partial<VmMethod>>> = {
  'fs.file-max': { by: 'user' },
  'fs.nr_open': { release: 'debian12', program: 'limit' },
  'limit.nofile.hard': { program: 'opener' },
  'limit.nofile.soft': { program: 'opener' },
  'systemd.DefaultLimitNOFILE': { program: 'opener', by: 'service' },
  'net.ipv4.tcp_mem': { pairs: 2 },
  'vm.overcommit_memory': { pairs: 3 },
  'net.netfilter.nf_conntrack_max': { isTracked: true },
  'net.netfilter.nf_conntrack_buckets': { isTracked: true, pairs: 3 },
};

export function methodOf(key: string): VmMethod {
  return { ...PLAIN, ...METHODS[key] };
}

/** Prints the value in force, in a fresh login of root. */
export function readCommand(key: string): string {
  if (key === 'limit.nofile.hard') return 'ulimit -Hn';
  if (key === 'limit.nofile.soft') return 'ulimit -Sn';
  if (key === 'systemd.DefaultLimitNOFILE') return 'systemctl show --value --property=DefaultLimitNOFILE';
  return `sysctl -n ${key}`;
}

/** Writes a value; null: it is no value of the whole machine, and each command carries it. */
export function writeCommand(key: string, value: string): string | null {
  return isLimit(key) ? null : `sysctl -q -w '${key}=${value}'`;
}

function isLimit(key: string): boolean {
  return key.startsWith('limit.') || key.startsWith('systemd.');
}

/** What runs, with the value in force; `value` null: as it is, otherwise the limit to put in its place. */
export function runCommand(experiment: Experiment, value: string | null): string {
  const { key } = experiment;
  const { program } = methodOf(key);
  const work = program === 'opener' ? opener(experiment.connections) : soak(experiment);
  if (key === 'systemd.DefaultLimitNOFILE') {
    const limit = value === null ? '' : `-p LimitNOFILE=1024:${value} `;
    return `systemd-run --quiet --pipe --wait ${limit}bash -c ${quote(`ulimit -Sn $(ulimit -Hn); ${work}`)}`;
  }
  if (value === null || !isLimit(key)) return work;
  // A hard limit cannot be below the soft one.
  return `ulimit ${key === 'limit.nofile.soft' ? '-Sn' : '-n'} ${value}; ${work}`;
}

function soak({ connections, workload }: Experiment): string {
  return `tune soak -n ${connections}${workload === 'idle' ? '' : ` --workload ${workload}`}`;
}

/** 41 is socket(2) on x86-64, with AF_INET and SOCK_STREAM: Perl's own sockets are too slow for half a million. */
function opener(sockets: number): string {
  const script =
    '$i++ while $i < $ARGV[0] && syscall(41, 2, 1, 0) >= 0; print $i + 0, $i < $ARGV[0] ? ": $!\\n" : "\\n"';
  return `perl -e ${quote(script)} ${sockets}`;
}

/** Whether a login has the limit, and whether root can set it in a process of its own. */
export function limitCommand(limit: string): string {
  return `ulimit -Hn; prlimit --nofile=${limit}:${limit} true 2>&1 && echo set`;
}

/** The two commands as a reader types them, after `tune apply` and in a fresh login. */
export function readersCommands(
  experiment: Experiment,
  withoutValue: string,
  limit: string,
): readonly [string, string] {
  const { key } = experiment;
  if (methodOf(key).program === 'limit') {
    const command = limitCommand(limit);
    return [command, `sed -i '/^${key} /d' /etc/sysctl.d/zz-tune.conf; reboot   # and then: ${command}`];
  }
  const write = writeCommand(key, withoutValue);
  const command = runCommand(experiment, null);
  if (write === null) return [command, runCommand(experiment, withoutValue)];
  return [
    command,
    methodOf(key).by === 'user' ? `${write}   # as root, then: ${command}` : `${write}; ${command}`,
  ];
}

/** What two openers printed: `524285: Too many open files`, or the number that was wanted. */
export function observeOpeners(sockets: number, printed: readonly [string, string]): Observation {
  const [whole, short] = printed.map((text) => text.trim() === String(sockets));
  const [withText, withoutText] = printed.map((text) => {
    const [, count = '?', error] = /^(\d+)(?:: (.*))?$/m.exec(text.trim()) ?? [];
    return error === undefined
      ? `opened all ${count} sockets`
      : `opened ${count} of ${sockets} sockets: ${error}`;
  });
  return {
    with: withText ?? '',
    without: withoutText ?? '',
    failedWithout: whole === true && short !== true,
  };
}

/** What two limit commands printed: the login's hard limit, then `set` or prlimit's own words. */
export function observeLimits(limit: string, printed: readonly [string, string]): Observation {
  const [first, second] = printed.map((text) => {
    const [login = '?', ...rest] = text.trim().split('\n');
    const words = rest.join(' ').replace(/^prlimit: /, '');
    return {
      isWhole: login === limit && words === 'set',
      text: `a login gets ${login}; prlimit to ${limit}: ${words === 'set' ? 'set' : words}`,
    };
  });
  return {
    with: first?.text ?? '',
    without: second?.text ?? '',
    failedWithout: first?.isWhole === true && second?.isWhole !== true,
  };
}

/** Where the distribution's own value is as wanted, apply writes nothing, and there is nothing to leave out. */
export function observeSame(value: string): Observation {
  return {
    with: `it is ${value}`,
    without: `it is ${value} as well, which is as wanted: nothing is written`,
    failedWithout: false,
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The same for two experiments that ask the same question. */
export function identityOf({ about: _, ...question }: Experiment): string {
  return JSON.stringify(Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether the runs of another profile answer an experiment: the same question, with the same values in force. */
export function sameRuns(
  known: ExperimentRuns,
  experiment: Experiment,
  values: { readonly withValue: string; readonly withoutValue: string },
): boolean {
  const { profile } = known.experiment;
  return (
    known.refused === null &&
    identityOf(known.experiment) === identityOf({ ...experiment, profile }) &&
    known.withValue === values.withValue &&
    known.withoutValue === values.withoutValue
  );
}
