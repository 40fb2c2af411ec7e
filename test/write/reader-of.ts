import { memoryHost } from '../../src/host/memory.ts';
import type { HostReader } from '../../src/host/reader.ts';
import type { MemoryHostState } from './memory-writer.ts';

/** The same host through the reading door. */
export function readerOf(state: MemoryHostState, now = 0): HostReader {
  const files = [...state.nodes].filter(([, { kind }]) => kind === 'file');
  return memoryHost({
    files: Object.fromEntries(
      files.map(([path, { bytes }]) => [path, Buffer.from(bytes, 'base64').toString()]),
    ),
    self: { now },
  });
}
