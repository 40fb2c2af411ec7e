/** The host's end of scripts/vm/guest/serial-agent.sh: runs commands in the guest, one at a time. */
import type { Duplex } from 'node:stream';
import { gunzipSync } from 'node:zlib';

export interface RunResult {
  /** 128 + n when signal n ended it. */
  readonly exitCode: number;
  /** The command did not end within its time and was ended. */
  readonly timedOut: boolean;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  readonly outputBytes: Buffer;
}

/** What `timeout` answers: 124 when its first signal was enough, 137 when it took SIGKILL. */
const TIMEOUT_EXIT_CODES = [124, 137];

/** Time that framing, transfer and `--kill-after` may take on top of a command's own limit. */
const GRACE_SECONDS = 60;

export class AgentChannel {
  readonly #port: Duplex;
  readonly #lost: Promise<never>;
  #pending = '';
  #onLine: (line: string) => void = () => {};
  #turn: Promise<unknown> = Promise.resolve();
  #count = 0;

  /** `ended` tells how the machine ended; every call then fails with that. */
  constructor(port: Duplex, ended: Promise<string>) {
    this.#port = port;
    this.#lost = ended.then((how) => {
      throw new Error(`the machine went away: ${how}`);
    });
    this.#lost.catch(() => {});
    port.setEncoding('latin1');
    port.on('data', (chunk: string) => this.#receive(chunk));
  }

  /** Waits for the agent to start, and answers the guest's boot id. */
  async ready(timeoutSeconds: number): Promise<string> {
    return this.#exclusive(() =>
      this.#conversation('the agent to start', timeoutSeconds, (line, done) => {
        const bootId = /^@ready (\S+)$/.exec(line)?.[1];
        if (bootId !== undefined) done(bootId);
      }),
    );
  }

  /** Runs a bash script as root. Rejects when the machine goes away or stops answering. */
  async run(script: string, timeoutSeconds: number): Promise<RunResult> {
    return this.#exclusive(() => {
      this.#count += 1;
      const id = `r${this.#count}`;
      const started = performance.now();
      let frame: string[] | undefined;
      const answer = this.#conversation<RunResult>(script, timeoutSeconds + GRACE_SECONDS, (line, done) => {
        const end = new RegExp(`^@end ${id} (\\d+)$`).exec(line);
        if (line === `@begin ${id}`) frame = [];
        else if (end !== null && frame !== undefined) {
          const outputBytes = gunzipSync(Buffer.from(frame.join(''), 'base64'));
          const exitCode = Number(end[1]);
          const ranOut = performance.now() - started >= timeoutSeconds * 1000;
          const timedOut = ranOut && TIMEOUT_EXIT_CODES.includes(exitCode);
          done({ exitCode, timedOut, output: outputBytes.toString(), outputBytes });
        } else frame?.push(line);
      });
      this.#port.write(`${id} ${timeoutSeconds} ${Buffer.from(script).toString('base64')}\n`);
      return answer;
    });
  }

  #receive(chunk: string): void {
    const lines = (this.#pending + chunk).split('\n');
    this.#pending = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Hands every line to `listen` until it calls `done`, for at most so many seconds. */
  async #conversation<T>(
    what: string,
    seconds: number,
    listen: (line: string, done: (value: T) => void) => void,
  ): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = new Promise<T>((resolve, reject) => {
        this.#onLine = (line) => {
          try {
            listen(line, resolve);
          } catch (error) {
            reject(error);
          }
        };
        timer = setTimeout(
          () => reject(new Error(`no answer in ${seconds} s from the guest to: ${what}`)),
          seconds * 1000,
        );
      });
      return await Promise.race([answer, this.#lost]);
    } finally {
      clearTimeout(timer);
      this.#onLine = () => {};
    }
  }
}
