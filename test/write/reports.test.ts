import { describe, expect, test } from '@jest/globals';
import { listReports, readReport, saveReport } from '../../src/write/index.ts';
import { fileNode, hostState, memoryWriter } from './memory-writer.ts';
import { readerOf } from './reader-of.ts';

describe('kept reports', () => {
  test('are numbered, root’s alone, and read back', () => {
    const state = hostState();
    expect(saveReport(memoryWriter(state), 'one')).toMatchObject({ ok: true, id: '0001' });
    expect(saveReport(memoryWriter(state), 'two')).toMatchObject({ ok: true, id: '0002' });
    expect(state.nodes.get('/var/lib/tune/reports')).toMatchObject({ kind: 'directory', mode: 0o700 });
    expect(state.nodes.get('/var/lib/tune/reports/0002.json')).toMatchObject({ mode: 0o600, uid: 0 });
    expect(listReports(readerOf(state))).toEqual({ ok: true, value: ['0001', '0002'] });
    expect(readReport(readerOf(state), '0002')).toEqual({ ok: true, value: 'two' });
  });

  test('never take a number that is in use, whatever else lies there', () => {
    const state = hostState({
      '/var/lib/tune/reports/0041.json': fileNode('damaged'),
      '/var/lib/tune/reports/notes.txt': fileNode('mine'),
      '/var/lib/tune/reports/.0042.new': fileNode('left by a crash'),
    });
    for (const path of ['/var/lib/tune', '/var/lib/tune/reports']) {
      state.nodes.set(path, { ...(state.nodes.get(path) ?? fileNode('')), mode: 0o700 });
    }
    expect(saveReport(memoryWriter(state), 'next')).toMatchObject({ ok: true, id: '0042' });
    expect(listReports(readerOf(state))).toEqual({ ok: true, value: ['0041', '0042'] });
    expect(state.nodes.has('/var/lib/tune/reports/.0042.new')).toBe(false);
  });

  test('are none before the first', () => {
    expect(listReports(readerOf(hostState()))).toEqual({ ok: true, value: [] });
  });

  test.each(['ENOSPC', 'EROFS', 'EIO'])(
    'a disk that says %s is a refusal, and leaves nothing half-written',
    (errno) => {
      const state = hostState();
      saveReport(memoryWriter(state), 'one');
      const fault = (_: string, path: string) => (path.includes('0002') ? errno : null);
      const saved = saveReport(memoryWriter(state, { fault }), 'two');
      expect(saved).toMatchObject({ ok: false, refusals: [{ code: 'no-report' }] });
      expect(JSON.stringify(saved)).toContain(errno);
      expect([...state.nodes.keys()].filter((path) => path.includes('0002'))).toEqual([]);
      expect(state.lockedBy).toBeNull();
    },
  );
});
