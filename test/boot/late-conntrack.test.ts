/** Connection tracking at the next boot: its keys are not there until the module is, and that is not a misspelt line. */
import { expect, test } from '@jest/globals';
import { complaintsOf, predictBoot } from '../../src/boot/predict.ts';
import { CATALOGUE } from '../../src/pipeline.ts';
import { type MachineParts, snapshotOf } from '../support/snapshot.ts';
import { tree } from './trees.ts';

const FILE = '/etc/sysctl.d/50-tracking.conf';
const PATH = 'net/netfilter/nf_conntrack_max';

function predicted(files: Readonly<Record<string, string>>, machine: MachineParts, isThere: boolean) {
  const model = predictBoot(
    {
      ...snapshotOf({ machine }),
      files: tree({ [FILE]: 'net.netfilter.nf_conntrack_max = 123456\n', ...files }),
      sysctlKeys: isThere ? [{ path: PATH, mode: 0o644 }] : [],
    },
    CATALOGUE,
  );
  return { key: model.next?.keys.get(PATH), complaints: complaintsOf(model).map(({ code }) => code) };
}

const LOADED = { '/sys/module/nf_conntrack/initstate': 'live\n' };
const EARLY = { '/etc/modules-load.d/tracking.conf': 'nf_conntrack\n' };

test.each([
  ['is not loaded', {}, 'absent', false],
  ['was loaded by a rule and tracks nothing yet', LOADED, 'idle', true],
  ['was loaded by a rule and tracks connections', LOADED, 'active', true],
] as const)('a module that %s comes too late for the file', (_, files, conntrack, isThere) => {
  const { key, complaints } = predicted(files, { conntrack }, isThere);
  expect(key).toMatchObject({ lateModule: 'nf_conntrack', boot: { by: 'unset' } });
  expect(complaints).toEqual(['module-loads-later']);
});

test.each([
  ['is not loaded yet, and listed in modules-load.d', EARLY, 'absent', false],
  ['is loaded and listed', { ...EARLY, ...LOADED }, 'active', true],
  ['is built in', {}, 'idle', true],
] as const)('a module that %s is there in time', (_, files, conntrack, isThere) => {
  const { key, complaints } = predicted(files, { conntrack }, isThere);
  expect(key).toMatchObject({ lateModule: null, boot: { by: 'file', text: '123456' } });
  expect(complaints).toEqual([]);
});
