/**
 * A Debian machine under plain emulation: `await using machine = await Machine.create(image, {memoryMiB: 2048})`.
 * It has a disk of its own over the cached image, boots, runs commands as root, really reboots, and can lose power.
 * Every wait is bounded; a failure carries the end of the machine's console.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILD_ENV } from '../../scripts/vm/sandbox.mjs';
import { AgentChannel, type RunResult } from './agent.ts';
import { SerialConsole } from './console.ts';
import { type Emulator, overlayArgv, startEmulator } from './emulator.ts';
import type { Image } from './images.ts';

export interface MachineOptions {
  readonly memoryMiB: number;
  /** Default 2. */
  readonly cpus?: number;
  /** A host folder whose content the guest finds read-only under /payload. */
  readonly payload?: string;
}

interface Running {
  readonly emulator: Emulator;
  readonly agent: AgentChannel;
  readonly console: SerialConsole;
}

const BOOT_SECONDS = 240;
const SHUTDOWN_SECONDS = 150;
const RUN_SECONDS = 60;
/** Raw bytes per message to the agent: its line must stay below the 64 KiB a serial port buffers. */
const WRITE_CHUNK = 12 * 1024;

export class Machine {
  readonly image: Image;
  /** Process ids of every emulator this machine was run by, the current one last. */
  readonly pids: number[] = [];
  readonly #options: MachineOptions;
  readonly #folder: string;
  #running: Running | undefined;
  #bootId = '';

  private constructor(image: Image, options: MachineOptions, folder: string) {
    this.image = image;
    this.#options = options;
    this.#folder = folder;
  }

  /** Makes the disks and boots. Call `dispose` (or use `await using`) whatever happens afterwards. */
  static async create(image: Image, options: MachineOptions): Promise<Machine> {
    const machine = new Machine(image, options, makeFolder(image.cache));
    try {
      await program(overlayArgv(image, machine.#disk));
      if (options.payload !== undefined) await makePayload(options.payload, machine.#payloadDisk);
      await machine.boot();
      return machine;
    } catch (error) {
      await machine.dispose();
      throw error;
    }
  }

  get #disk(): string {
    return join(this.#folder, 'disk.qcow2');
  }

  get #payloadDisk(): string {
    return join(this.#folder, 'payload.img');
  }

  /** The guest's /proc/sys/kernel/random/boot_id of the current boot. */
  get bootId(): string {
    return this.#bootId;
  }

  get console(): SerialConsole {
    return this.#current().console;
  }

  /** Switches on a machine that is off, and waits until systemd has nothing left to start. */
  async boot(timeoutSeconds = BOOT_SECONDS): Promise<void> {
    if (this.#running !== undefined) throw new Error('the machine is already on');
    const { memoryMiB, cpus = 2, payload } = this.#options;
    const hardware = { memoryMiB, cpus, disk: this.#disk };
    const emulator = startEmulator(
      this.image,
      payload === undefined ? hardware : { ...hardware, payload: this.#payloadDisk },
    );
    this.pids.push(emulator.pid);
    const agent = new AgentChannel(emulator.agent, emulator.ended);
    const running = { emulator, agent, console: new SerialConsole(emulator.console) };
    this.#running = running;
    void emulator.ended.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#bootId = await this.#explained(() => agent.ready(timeoutSeconds));
    await this.run('systemctl is-system-running --wait', { timeoutSeconds });
    if (payload !== undefined) await this.check('mkdir -p /payload && mount -o ro /dev/vdb /payload');
  }

  /** Runs a bash script as root, outside of any login session; a failing command is an answer, not an error. */
  async run(script: string, { timeoutSeconds = RUN_SECONDS } = {}): Promise<RunResult> {
    const { agent } = this.#current();
    return await this.#explained(() => agent.run(script, timeoutSeconds));
  }

  /** Like `run`, but throws unless the exit code is 0. Answers the output without its final newline. */
  async check(script: string, options: { timeoutSeconds?: number } = {}): Promise<string> {
    const { exitCode, timedOut, output } = await this.run(script, options);
    if (exitCode === 0) return output.replace(/\n$/, '');
    throw new Error(
      `${script}\n${timedOut ? 'ran out of time' : `exit code ${exitCode}`}: ${output.slice(-4000)}`,
    );
  }

  async readFile(path: string): Promise<Buffer> {
    const { exitCode, output, outputBytes } = await this.run(`cat -- ${quote(path)}`, {
      timeoutSeconds: 300,
    });
    if (exitCode !== 0) throw new Error(output.trim());
    return outputBytes;
  }

  /** Writes a small file; whole programs belong in the payload. */
  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(content);
    await this.check(`: > ${quote(path)}`);
    for (let at = 0; at < bytes.length; at += WRITE_CHUNK) {
      const chunk = bytes.subarray(at, at + WRITE_CHUNK).toString('base64');
      await this.check(`printf %s ${chunk} | base64 -d >> ${quote(path)}`);
    }
  }

  /** A real reboot: orderly shutdown, then the same disk again. */
  async reboot(): Promise<void> {
    await this.#shutDown('systemctl reboot');
    await this.boot();
  }

  /** Orderly shutdown. The disk stays: `boot` brings the machine back. */
  async powerOff(): Promise<void> {
    await this.#shutDown('systemctl poweroff');
  }

  /** Power cut: what the guest had not flushed is lost. The disk stays: `boot` brings the machine back. */
  async kill(): Promise<void> {
    await this.#current().emulator.kill();
    this.#running = undefined;
  }

  /** Waits for a machine that something in the guest is rebooting or switching off. `boot` brings it back. */
  async waitUntilOff(timeoutSeconds = SHUTDOWN_SECONDS): Promise<void> {
    const ended = this.#running?.emulator.ended;
    if (ended !== undefined) await this.#explained(() => within(ended, timeoutSeconds, 'the shutdown'));
  }

  /** Ends the machine if it runs, and removes its disks. Safe to call twice. */
  async dispose(): Promise<void> {
    if (this.#running !== undefined) await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #shutDown(command: string): Promise<void> {
    // In the background: the answer must be out before systemd ends the agent.
    await this.check(`(sleep 1; ${command}) >/dev/null 2>&1 &`);
    await this.waitUntilOff();
  }

  #current(): Running {
    if (this.#running === undefined) throw new Error('the machine is off');
    return this.#running;
  }

  /** Adds the end of the console to what goes wrong, where a panic or a failed unit shows. */
  async #explained<T>(work: () => Promise<T>): Promise<T> {
    // The one that was running when it began: it may be gone when it fails.
    const serial = this.#running?.console;
    try {
      return await work();
    } catch (error) {
      const shown = serial?.text.slice(-3000) ?? '';
      const message = `${(error as Error).message}\n--- end of the console of ${this.image.name} ---\n${shown}`;
      throw new Error(message, { cause: error });
    }
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

async function within<T>(promise: Promise<T>, seconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${seconds} s`)), seconds * 1000);
  });
  return await Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

async function program([file = '', ...args]: readonly string[]): Promise<void> {
  await promisify(execFile)(file, args, { env: BUILD_ENV, timeout: 120_000 });
}

async function makePayload(folder: string, disk: string): Promise<void> {
  const { stdout } = await promisify(execFile)('du', [
    '--summarize',
    '--apparent-size',
    '--block-size=1M',
    folder,
  ]);
  const sizeMiB = Math.ceil(Number.parseInt(stdout, 10) * 1.2) + 32;
  await program(['mkfs.ext4', '-q', '-F', '-d', folder, disk, `${sizeMiB}M`]);
}

/** A folder for one machine's disks, named after this process; folders of processes that are gone are removed. */
function makeFolder(cache: string): string {
  const machines = join(cache, 'machines');
  mkdirSync(machines, { recursive: true });
  for (const name of readdirSync(machines)) {
    const alive = statSync(`/proc/${name.split('.')[0]}`, { throwIfNoEntry: false }) !== undefined;
    if (!alive) rmSync(join(machines, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(machines, `${process.pid}.`));
}
