import { describe, expect, test } from '@jest/globals';
import type { Value } from '../../src/model/value.ts';
import { integer, portSet, tuple } from '../../src/model/value.ts';
import { apply, rollback } from '../../src/write/index.ts';
import { type Knob, memoryWriter, picture } from './memory-writer.ts';
import { planWith, stateFor, writeOf } from './plans.ts';

const APPLY = { confirm: null, bootId: null };
const BACK = { to: null, force: false, cause: 'rollback' };

/** A plan of one write on a knob with manners of its own. */
function one(key: string, before: Value, after: Value, knob: Partial<Knob> = {}) {
  const plan = planWith({ writes: [writeOf(key, before, after)] });
  const state = stateFor(plan);
  const path = key.replaceAll('.', '/');
  const usual = state.knobs.get(path);
  if (usual === undefined) throw new Error('no knob');
  state.knobs.set(path, { ...usual, ...knob });
  return { plan, state, held: () => state.knobs.get(path)?.text };
}

describe('the four outcomes of a write', () => {
  test('stored: tabs where blanks were written are not a difference', () => {
    const { plan, state, held } = one('net.ipv4.tcp_rmem', tuple(1, 2, 3), tuple(4, 5, 6));
    expect(apply(plan, memoryWriter(state), APPLY)).toMatchObject({
      outcome: 'applied',
      knobs: [{ outcome: 'stored', written: '4 5 6', held: '4\t5\t6' }],
    });
    expect(held()).toBe('4\t5\t6');
  });

  test('canonicalised: rounded up by the kernel and as wanted', () => {
    const { plan, state, held } = one('net.netfilter.nf_conntrack_buckets', integer(65536), integer(375000), {
      store: (text) => (text === '375000' ? '375296' : text),
    });
    expect(apply(plan, memoryWriter(state), APPLY)).toMatchObject({
      outcome: 'applied',
      knobs: [{ outcome: 'canonicalised', written: '375000', held: '375296' }],
    });
    expect(rollback(memoryWriter(state), BACK)).toMatchObject({ outcome: 'rolled-back', kept: [] });
    expect(held()).toBe('65536');
  });

  test('canonicalised and killed before the read-back: known as ours all the same', () => {
    const { plan, state, held } = one('net.netfilter.nf_conntrack_buckets', integer(65536), integer(375000), {
      store: (text) => (text === '375000' ? '375296' : text),
    });
    let written = false;
    const writer = memoryWriter(state);
    const dying = {
      ...writer,
      writeKnob: (path: string, text: string) => {
        written = true;
        return writer.writeKnob(path, text);
      },
      readKnob: (path: string) => {
        if (written) throw new Error('killed');
        return writer.readKnob(path);
      },
    };
    expect(() => apply(plan, dying, APPLY)).toThrow('killed');
    state.lockedBy = null;
    expect(rollback(memoryWriter(state), BACK)).toMatchObject({ kept: [] });
    expect(held()).toBe('65536');
  });

  test('clamped: the kernel took it and holds less, so everything is undone', () => {
    const { plan, state, held } = one('net.core.somaxconn', integer(128), integer(100000), {
      store: (text) => (Number(text) > 65535 ? '65535' : text),
    });
    expect(apply(plan, memoryWriter(state), APPLY)).toMatchObject({
      outcome: 'undone',
      failure: { subject: 'net.core.somaxconn', what: 'the kernel took 100000 and holds 65535' },
    });
    expect(held()).toBe('128');
  });

  test('rejected: and the fields that were stored before the bad one are put back', () => {
    const { plan, state, held } = one(
      'net.ipv4.tcp_rmem',
      tuple(4096, 131072, 6291456),
      tuple(8192, 65536, 7),
      {
        bounds: { min: 4096n, max: null },
      },
    );
    const before = picture(state);
    expect(apply(plan, memoryWriter(state), APPLY)).toMatchObject({
      outcome: 'undone',
      failure: { what: 'the kernel refuses 8192 65536 7', errno: 'EINVAL' },
    });
    expect(held()?.split('\t')).toEqual(['4096', '131072', '6291456']);
    expect(picture(state)).toEqual(before);
  });

  test('rejected by permission, in the words of the errno', () => {
    const { plan, state } = one('net.core.somaxconn', integer(1), integer(2));
    const fault = (operation: string) => (operation === 'knob' ? 'EACCES' : null);
    expect(apply(plan, memoryWriter(state, { fault }), APPLY)).toMatchObject({
      outcome: 'undone',
      failure: { errno: 'EACCES' },
    });
  });
});

describe('on the way back', () => {
  test('an empty port set is cleared with a newline, since an empty write changes nothing', () => {
    const { plan, state, held } = one('net.ipv4.ip_local_reserved_ports', portSet(), portSet([80, 90]));
    apply(plan, memoryWriter(state), APPLY);
    expect(held()).toBe('80-90');
    rollback(memoryWriter(state), BACK);
    expect(held()).toBe('');
  });

  test('a value that someone changed since is kept and named; --force overwrites it', () => {
    const { plan, state, held } = one('net.core.somaxconn', integer(128), integer(4096));
    apply(plan, memoryWriter(state), APPLY);
    const knob = state.knobs.get('net/core/somaxconn');
    if (knob !== undefined) state.knobs.set('net/core/somaxconn', { ...knob, text: '9999' });
    const first = rollback(memoryWriter(state), BACK);
    expect(first).toMatchObject({
      outcome: 'rolled-back',
      kept: [{ subject: 'net.core.somaxconn', expected: '4096', found: '9999', wouldBe: '128' }],
    });
    expect(held()).toBe('9999');
  });

  test('what was kept can be forced afterwards, and no older apply goes with it', () => {
    const { plan, state, held } = one('net.core.somaxconn', integer(128), integer(4096));
    apply(plan, memoryWriter(state), APPLY);
    const next = planWith({ writes: [writeOf('net.core.somaxconn', integer(4096), integer(8192))] });
    apply(next, memoryWriter(state), APPLY);
    const knob = state.knobs.get('net/core/somaxconn');
    if (knob !== undefined) state.knobs.set('net/core/somaxconn', { ...knob, text: '9999' });
    rollback(memoryWriter(state), BACK);
    expect(rollback(memoryWriter(state), { ...BACK, force: true })).toMatchObject({ ids: ['0002'] });
    expect(held()).toBe('4096');
  });

  test('with --force it is overwritten', () => {
    const { plan, state, held } = one('net.core.somaxconn', integer(128), integer(4096));
    apply(plan, memoryWriter(state), APPLY);
    const knob = state.knobs.get('net/core/somaxconn');
    if (knob !== undefined) state.knobs.set('net/core/somaxconn', { ...knob, text: '9999' });
    rollback(memoryWriter(state), { ...BACK, force: true });
    expect(held()).toBe('128');
  });

  test('of dirty_bytes and dirty_ratio, the one that counted is written', () => {
    const { plan, state } = one('vm.dirty_bytes', integer(0), integer(1 << 30), {
      zeroes: 'vm/dirty_ratio',
      bounds: { min: 8192n, max: null },
    });
    state.knobs.set('vm/dirty_ratio', { shape: { kind: 'integer' }, text: '20', zeroes: 'vm/dirty_bytes' });
    const before = picture(state);
    expect(apply(plan, memoryWriter(state), APPLY).outcome).toBe('applied');
    expect(state.knobs.get('vm/dirty_ratio')?.text).toBe('0');
    expect(rollback(memoryWriter(state), BACK)).toMatchObject({ outcome: 'rolled-back', kept: [] });
    expect(picture(state)).toEqual(before);
  });

  test('what cannot be put back comes with the command that does it', () => {
    const { plan, state, held } = one('net.ipv4.tcp_rmem', tuple(1, 2, 3), tuple(4, 5, 6));
    apply(plan, memoryWriter(state), APPLY);
    const fault = (operation: string) => (operation === 'knob' ? 'EROFS' : null);
    expect(rollback(memoryWriter(state, { fault }), BACK)).toMatchObject({
      outcome: 'stopped',
      id: '0001',
      leftovers: [
        { subject: 'net.ipv4.tcp_rmem', errno: 'EROFS', command: 'sysctl -w net.ipv4.tcp_rmem="1 2 3"' },
      ],
    });
    expect(rollback(memoryWriter(state), BACK).outcome).toBe('rolled-back');
    expect(held()?.split('\t')).toEqual(['1', '2', '3']);
  });

  test('keys that the kernel only takes in one order are tried again', () => {
    const plan = planWith({
      writes: [writeOf('net.core.a', integer(1), integer(2)), writeOf('net.core.b', integer(1), integer(2))],
    });
    const state = stateFor(plan);
    apply(plan, memoryWriter(state), APPLY);
    const writer = memoryWriter(state);
    // b is refused as long as a holds 2, although b is the one that is undone first.
    const picky = {
      ...writer,
      writeKnob: (path: string, text: string) =>
        path === 'net/core/b' && state.knobs.get('net/core/a')?.text === '2'
          ? ({ ok: false, errno: 'EINVAL' } as const)
          : writer.writeKnob(path, text),
    };
    expect(rollback(picky, BACK)).toMatchObject({ outcome: 'rolled-back', kept: [] });
    expect(state.knobs.get('net/core/b')?.text).toBe('1');
  });

  test('the first-ever original is carried from apply to apply', () => {
    const { plan, state } = one('net.core.somaxconn', integer(128), integer(4096));
    apply(plan, memoryWriter(state), APPLY);
    apply(
      planWith({ writes: [writeOf('net.core.somaxconn', integer(4096), integer(8192))] }),
      memoryWriter(state),
      APPLY,
    );
    const journal = state.nodes.get('/var/lib/tune/journal/0002.json');
    const record = JSON.parse(Buffer.from(journal?.bytes ?? '', 'base64').toString());
    expect(record.knobs[0]).toMatchObject({ before: '4096', original: '128' });
  });
});
