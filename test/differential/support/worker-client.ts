/** Starts a worker in its own mount and network namespaces and talks to it in JSON lines. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';

export interface Worker {
  ask<T>(request: object): Promise<T>;
  stop(): Promise<void>;
}

/** Why namespaces cannot be had here, or null when they can. */
export function whyNoNamespaces(): string | null {
  const tried = spawnSync('unshare', ['--mount', '--net', 'true']);
  if (tried.status === 0) return null;
  return `unshare --mount --net: ${tried.error?.message ?? tried.stderr.toString().trim()}`;
}

export function startWorker(script: string, args: readonly string[]): Worker {
  const command = ['--mount', '--net', '--kill-child', process.execPath, script, ...args];
  const child: ChildProcess = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the worker has no pipes');
  const lines = readline.createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    async ask<T>(request: object): Promise<T> {
      stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the worker ended: ${JSON.stringify(request).slice(0, 300)}`);
      const answer = JSON.parse(value) as T & { error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    async stop() {
      const ended = once(child, 'exit');
      stdin.end();
      await ended;
    },
  };
}
