/** The engine as a program of its own, without the command line: options as JSON in argv, the report on stdout. */
import { linuxHost } from '../src/host/linux.ts';
import { runSoak } from '../src/soak/coordinator.ts';
import { type SoakRequest, soakOptions } from '../src/soak/options.ts';
import { runWorker } from '../src/soak/worker.ts';

if (process.argv[2] === 'worker') await runWorker();
else {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const report = await runSoak(soakOptions(JSON.parse(process.argv[2] ?? '') as SoakRequest), {
    host: linuxHost(),
    workerCommand: { file: process.execPath, args: [process.argv[1] ?? '', 'worker'] },
    signal: stop.signal,
  });
  process.stdout.write(JSON.stringify(report));
}
