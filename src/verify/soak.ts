/** What a soak says about its own prediction. Pure. */
import type { SoakReport } from '../model/soak.ts';
import type { MemoryPrediction } from '../model/verify.ts';

/** Null when nothing was established, or the kernel shows no slab figures. */
export function memoryPrediction({ plan, memory }: SoakReport): MemoryPrediction | null {
  const predicted = plan.memory.kernelPerConnection;
  const measured = memory.kernelPerConnection;
  if (measured === null || predicted <= 0) return null;
  return { predicted, measured, errorPercent: Math.round((measured / predicted - 1) * 1000) / 10 };
}
