/** A client worker: its orders, carried out in short slices. */
import { createHistogram } from './histogram.ts';
import type { Libc } from './libc.ts';
import { ownMemory, watchMemory } from './own-memory.ts';
import { createRamp, type Ramp } from './ramp.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createClientTask } from './tasks/client.ts';
import type { Task } from './tasks/tally.ts';
import { type ClientSetup, type Failure, LISTENER_FD, type Order } from './wire.ts';
import { figures, PROGRESS_MS, SLICE_MS, tell } from './worker-news.ts';

export function attend(libc: Libc, setup: ClientSetup): void {
  const fds = new Int32Array(setup.goal);
  const connect = createHistogram();
  const echo = createHistogram();
  const memory = watchMemory(ownMemory(libc, setup.pageSize));
  const ramp: Ramp = createRamp(libc, setup, LISTENER_FD, fds, connect);
  let sweep: Sweep | null = null;
  let task: Task | null = null;
  let longest = 0;

  /** Works in slices, letting orders in between, until the work says that it is over. */
  const work = (step: (until: number) => boolean, done: () => number, finish: () => void) => {
    let told = 0;
    const turn = () => {
      const begun = performance.now();
      const isOver = step(begun + SLICE_MS);
      const now = performance.now();
      if (now - begun > longest) longest = now - begun;
      if (isOver) {
        finish();
        return;
      }
      if (now - told >= PROGRESS_MS) {
        told = now;
        memory.look();
        tell({ type: 'progress', done: done(), ...(task === null ? {} : { bytes: task.bytes() }) });
      }
      setImmediate(turn);
    };
    turn();
  };
  const failuresSoFar = (): readonly Failure[] => ramp.tally().failures;

  process.on('message', (order: Order) => {
    if (order.type === 'ramp') {
      work(ramp.step, ramp.established, () => tell({ type: 'ramped', tally: ramp.tally() }));
    } else if (order.type === 'sweep') {
      const next = createSweep(libc, setup, order.id, fds, ramp.established(), echo);
      sweep = next;
      work(next.step, next.done, () => tell({ type: 'swept', tally: next.tally() }));
    } else if (order.type === 'task') {
      const next = createClientTask(libc, setup, LISTENER_FD, fds, ramp.established(), order.task);
      if (next === null) return;
      task = next;
      work(next.step, next.done, () => {
        task = null;
        tell({ type: 'tasked', tally: next.tally() });
      });
    } else if (order.type === 'stop') {
      ramp.stop();
      sweep?.stop();
      task?.stop();
    } else if (order.type === 'exit') process.exit(0);
    else if (order.type === 'report') {
      tell({
        type: 'figures',
        figures: figures(memory.figures(), {
          longestSliceMs: longest,
          pacedMs: ramp.pacedMs(),
          connect: connect.encode(),
          echo: echo.encode(),
          perSource: ramp.perSource(),
        }),
        failures: failuresSoFar(),
      });
    }
  });
  tell({ type: 'ready' });
}
