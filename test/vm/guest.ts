/** tune in a guest, as people run it: in a real root login. And the limits that real sessions get. */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a bash script in a login session of root's on the console, with the limits that PAM gives it. */
export async function inRootLogin(machine: Machine, script: string, timeoutSeconds = 180): Promise<Ran> {
  // The terminal cuts long lines, and its echo is nothing to parse: only the exit code passes through it.
  await machine.writeFile('/run/step.sh', `${script}\n`);
  const command = 'bash /run/step.sh >/run/step.out 2>/run/step.err; echo "exit=$?"';
  const answer = await machine.console
    .runInLogin('root', command, timeoutSeconds)
    .catch(async (error: Error) => {
      const { output } = await machine.run('journalctl --no-pager -b -n 60; cat /run/step.err');
      throw new Error(`${error.message}\n--- the guest's journal\n${output}`);
    });
  const exitCode = /^exit=(\d+)$/m.exec(answer)?.[1];
  if (exitCode === undefined) throw new Error(`no exit code on the console: ${answer}`);
  const [stdout, stderr] = [await machine.readFile('/run/step.out'), await machine.readFile('/run/step.err')];
  return { exitCode: Number(exitCode), stdout: stdout.toString(), stderr: stderr.toString() };
}

export interface LimitPair {
  readonly soft: string;
  readonly hard: string;
}

/** One value of `tune boot --format json`. */
export interface PredictedKey {
  readonly key: string;
  readonly path: string;
  readonly boot: Prediction;
  readonly manual: Prediction;
  readonly lateModule: string | null;
}

interface Prediction {
  readonly by: 'file' | 'cmdline' | 'unset';
  readonly value: string | null;
  readonly text: string | null;
  readonly at: string | null;
}

export interface BootDocument {
  readonly keys: readonly PredictedKey[];
  readonly sessions: readonly (LimitPair & { readonly session: string; readonly refused: string | null })[];
  readonly complaints: readonly {
    readonly code: string;
    readonly file: string;
    readonly line: number | null;
  }[];
}

export async function predict(machine: Machine): Promise<BootDocument> {
  const { output } = await machine.run('tune boot --format json');
  return JSON.parse(output) as BootDocument;
}

export function predictedSessions({ sessions }: BootDocument): Readonly<Record<string, LimitPair>> {
  return Object.fromEntries(sessions.map(({ session, soft, hard }) => [session, { soft, hard }]));
}

export interface Comparison {
  /** Keys whose value was predicted and has been compared. */
  readonly compared: number;
  /** Keys for which no value was predicted: the kernel computes it, or nobody knows. */
  readonly unpredicted: readonly string[];
  readonly disagreements: readonly string[];
}

/** `which`: after a boot, or after an administrator's `sysctl --system`. */
export function compare(
  predicted: readonly PredictedKey[],
  which: 'boot' | 'manual',
  real: ReadonlyMap<string, string>,
): Comparison {
  const known = predicted.flatMap((one) => {
    const { value, text } = one[which];
    const wanted = value ?? decimal(text);
    return wanted === null ? [] : [{ ...one, wanted: wanted.trim().replace(/\s+/g, ' ') }];
  });
  const names = new Set(known.map(({ path }) => path));
  return {
    compared: known.length,
    unpredicted: predicted.filter(({ path }) => !names.has(path)).map(({ key }) => key),
    disagreements: known.flatMap(({ key, path, wanted, ...one }) => {
      const holds = real.get(path);
      return holds === wanted
        ? []
        : [`${key}: predicted ${wanted} (${one[which].by} ${one[which].at}), is ${holds ?? 'not there'}`];
    }),
  };
}

/** What the kernel makes of the text of a line whose key tune knows nothing about: 0x1b6 is 438 when it is read back. */
function decimal(text: string | null): string | null {
  return (
    text?.replace(/(?<!\S)(0x[0-9a-f]+|0[0-7]+)(?!\S)/gi, (n) =>
      BigInt(n.replace(/^0(?=[0-7])/, '0o')).toString(),
    ) ?? null
  );
}

/** Puts a cron job and a unit of the user manager in place, through which `realSessions` sees those two kinds. */
export async function plantWitnesses(machine: Machine): Promise<void> {
  const print = "bash -c 'ulimit -Sn; ulimit -Hn'";
  await machine.writeFile('/etc/cron.d/limits', `* * * * * root ${print} > /run/cron-limits\n`);
  const unit = `[Service]\nType=oneshot\nExecStart=/bin/bash -c 'ulimit -Sn >%h/limits; ulimit -Hn >>%h/limits'\n`;
  await machine.writeFile('/etc/systemd/user/limits.service', unit);
}

/** What an ordinary login, a root login, cron, a system service and a user service really get. */
export async function realSessions(machine: Machine): Promise<Readonly<Record<string, LimitPair>>> {
  const print = 'ulimit -Sn; ulimit -Hn';
  const user = await machine.console.runInLogin(
    'alice',
    `${print}; systemctl --user start limits.service; cat ~/limits`,
  );
  const root = await machine.console.runInLogin('root', print);
  const service = await machine.check(`systemd-run --quiet --pipe --wait bash -c '${print}'`);
  const cron = await machine.check(
    'for i in $(seq 75); do [ -s /run/cron-limits ] && break; sleep 1; done; cat /run/cron-limits',
    { timeoutSeconds: 90 },
  );
  return {
    'login user': pairOf(user),
    'root login': pairOf(root),
    cron: pairOf(cron),
    'systemd service': pairOf(service),
    'user service': pairOf(user.split('\n').slice(2).join('\n')),
  };
}

function pairOf(text: string): LimitPair {
  const match = /^(\d+|unlimited)\n(\d+|unlimited)$/m.exec(text.trim());
  if (match === null) throw new Error(`no limits: ${JSON.stringify(text)}`);
  return { soft: match[1] ?? '', hard: match[2] ?? '' };
}

/** A record of a test's steps for people, in the image cache's folder `transcripts`. */
export class Transcript {
  readonly #file: string;
  readonly #started = performance.now();

  constructor(cache: string, name: string) {
    const folder = join(cache, 'transcripts');
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, `${name}.txt`);
    rmSync(this.#file, { force: true });
  }

  add(title: string, text = ''): void {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(0);
    appendFileSync(this.#file, `\n### ${seconds} s: ${title}\n${text.trimEnd()}\n`);
  }

  ran(title: string, { exitCode, stdout, stderr }: Ran): void {
    this.add(
      `${title} -> exit code ${exitCode}`,
      [stdout, stderr].filter((t) => t !== '').join('--- stderr\n'),
    );
  }
}
