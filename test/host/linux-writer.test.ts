import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { linuxWriter } from '../../src/host/linux-writer.ts';

test('an image has no live keys: undoing its journal never reaches the running kernel', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tune-writer-'));
  try {
    const writer = await linuxWriter({ root });
    const refused = { ok: false, errno: 'ENOTSUP' };
    expect(writer.readKnob('net/core/somaxconn')).toEqual(refused);
    expect(writer.knobWritable('net/core/somaxconn')).toEqual(refused);
    // The empty write changes nothing on any kernel, should this test ever be wrong.
    expect(writer.writeKnob('net/core/somaxconn', '')).toEqual(refused);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
