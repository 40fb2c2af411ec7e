/**
 * The process that is killed: `tune apply` or `tune rollback` without the terminal, over a temporary root. Keys whose
 * file lies below that root's /proc/sys stand in for global ones, which this test must not touch; all others are real.
 *
 *   node worker.cjs apply|rollback ROOT PLAN.json
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { linuxWriter } from '../../../src/host/linux-writer.ts';
import type { Result } from '../../../src/host/reader.ts';
import type { HostWriter } from '../../../src/host/writer.ts';
import { parsePlan } from '../../../src/plan/document.ts';
import { apply, rollback } from '../../../src/write/index.ts';
import { requireScratchNamespace, STAND_IN_WIDTH } from './layout.ts';

const [, , command = '', root = '', planFile = ''] = process.argv;
requireScratchNamespace();

function attempt<T>(work: () => T): Result<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, errno: (error as NodeJS.ErrnoException).code ?? 'EIO' };
  }
}

/** A stand-in is replaced by one write of a fixed width, as a write to /proc/sys replaces the value at once. */
function withStandIns(writer: HostWriter): HostWriter {
  const standIn = (path: string) => join(root, 'proc/sys', path);
  return {
    ...writer,
    readKnob: (path) =>
      fs.existsSync(standIn(path))
        ? attempt(() => fs.readFileSync(standIn(path), 'utf8'))
        : writer.readKnob(path),
    knobWritable: (path) =>
      fs.existsSync(standIn(path)) ? { ok: true, value: true } : writer.knobWritable(path),
    writeKnob: (path, text) => {
      if (!fs.existsSync(standIn(path))) return writer.writeKnob(path, text);
      return attempt(() => {
        const fd = fs.openSync(standIn(path), fs.constants.O_WRONLY);
        fs.writeSync(fd, `${text.trim().padEnd(STAND_IN_WIDTH)}\n`);
        fs.closeSync(fd);
        return true as const;
      });
    },
    // No login and no service manager in a temporary root: the reload is taken as done.
    run: (program) =>
      program === 'systemctl'
        ? { ok: true, value: { status: 0, stdout: '', stderr: '' } }
        : { ok: false, errno: 'ENOENT' },
  };
}

async function main(): Promise<void> {
  const writer = withStandIns(await linuxWriter({ root, knobs: true }));
  const result =
    command === 'apply'
      ? apply(parsePlan(fs.readFileSync(planFile, 'utf8'), planFile), writer, { confirm: null, bootId: null })
      : rollback(writer, { to: null, force: false, cause: 'rollback' });
  fs.writeSync(1, `${JSON.stringify(result)}\n`);
}

void main();
