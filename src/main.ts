/** The program: runs the CLI, turns errors into one line and an exit code. */
import { EXIT } from './cli/exit.ts';
import { runCli } from './cli/index.ts';
import { terminalIo } from './cli/io.ts';
import { REVERT_WORD, WORKER_WORD } from './cli/words.ts';
import { InputError } from './model/error.ts';

export async function main(argv: readonly string[]): Promise<number> {
  const io = terminalIo();
  try {
    if (argv[0] === WORKER_WORD && process.connected) {
      await (await import('./soak/worker.ts')).runWorker();
      return EXIT.asWanted;
    }
    if (argv[0] === REVERT_WORD) return await (await import('./cli/watcher.ts')).runWatcher(argv.slice(1));
    return await runCli(argv, io);
  } catch (error) {
    const debug = argv.includes('--debug');
    const known = error instanceof InputError;
    const message = error instanceof Error ? error.message : String(error);
    io.complain(`tune: ${known ? '' : 'unexpected failure: '}${message}\n`);
    if (debug && error instanceof Error) io.complain(`${error.stack ?? ''}\n`);
    else if (!known) io.complain('tune: this is a bug; run again with --debug for the details\n');
    return EXIT.couldNotRun;
  }
}
