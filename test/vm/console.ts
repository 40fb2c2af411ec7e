/** The first serial port: what the kernel and systemd say at boot, then a real login prompt with all of PAM behind it. */
import type { Duplex } from 'node:stream';

const KEPT_CHARACTERS = 64 * 1024;

export class SerialConsole {
  readonly #port: Duplex;
  #text = '';
  #unmatched = '';
  #onText: () => void = () => {};

  constructor(port: Duplex) {
    this.#port = port;
    port.setEncoding('utf8');
    port.on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-KEPT_CHARACTERS);
      this.#unmatched = (this.#unmatched + chunk).slice(-KEPT_CHARACTERS);
      this.#onText();
    });
  }

  /** The last 64 Ki characters that appeared. */
  get text(): string {
    return this.#text;
  }

  /** Types a line. */
  send(line: string): void {
    this.#port.write(`${line}\r`);
  }

  /** Waits until what appeared since the last match matches, and answers the match. */
  async waitFor(pattern: RegExp, timeoutSeconds: number): Promise<RegExpExecArray> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<RegExpExecArray>((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(this.#unmatched);
          if (match === null) return;
          this.#unmatched = this.#unmatched.slice(match.index + match[0].length);
          resolve(match);
        };
        timer = setTimeout(
          () =>
            reject(
              new Error(
                `${pattern} did not appear on the console in ${timeoutSeconds} s; it ends with:\n${this.#text.slice(-2000)}`,
              ),
            ),
          timeoutSeconds * 1000,
        );
        this.#onText = look;
        look();
      });
    } finally {
      clearTimeout(timer);
      this.#onText = () => {};
    }
  }

  /**
   * Logs in at the prompt as a user without password, runs one command in the login shell, logs out, and answers what
   * it printed: the limits a person really gets.
   */
  async runInLogin(user: string, command: string, timeoutSeconds = 120): Promise<string> {
    this.send('');
    await this.waitFor(/login: $/, timeoutSeconds);
    this.send(user);
    await this.waitFor(/[$#] $/, timeoutSeconds);
    // The quotes keep the echoed command line from looking like the answer.
    this.send(`echo ans''wer-start; ${command}; echo ans''wer-end`);
    const match = await this.waitFor(/answer-start\r?\n([\s\S]*?)answer-end/, timeoutSeconds);
    // Only now: the hang-up throws away what the terminal has not yet sent.
    this.send('exit');
    return (match[1] ?? '').replace(/\r/g, '');
  }
}
