/** fs.nr_open at the next boot when no file sets it: some builds of systemd raise it, and process 1 shows which. */
import { expect, test } from '@jest/globals';
import { predictBoot } from '../../src/boot/predict.ts';
import { integer } from '../../src/model/value.ts';
import { CATALOGUE } from '../../src/pipeline.ts';
import { type MachineParts, snapshotOf } from '../support/snapshot.ts';
import { tree } from './trees.ts';

const limits = (nofile: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             unlimited            unlimited            processes
Max open files            ${nofile}            ${nofile}            files
`;

function nrOpen(files: Readonly<Record<string, string>>, machine: MachineParts = {}) {
  const isThere = [{ path: 'fs/nr_open', mode: 0o644 }];
  const snapshot = {
    ...snapshotOf({ machine }),
    files: tree({ '/etc/x/x': '', ...files }),
    sysctlKeys: isThere,
  };
  return predictBoot(snapshot, CATALOGUE).predict('fs.nr_open');
}

test.each(['1073741816', '1048576'])('process 1 may have %s files: so many it found at boot', (n) => {
  const boot = nrOpen({ '/proc/1/limits': limits(n) });
  expect(boot).toMatchObject({ by: 'default', value: integer(BigInt(n)), at: null });
});

test('a file that sets it comes later', () => {
  const file = '/etc/sysctl.d/10-files.conf';
  const boot = nrOpen({ '/proc/1/limits': limits('1073741816'), [file]: 'fs.nr_open = 1048576\n' });
  expect(boot).toMatchObject({ by: 'file', value: integer(1048576n), at: { file, line: 1 } });
});

test.each([
  ['an image or an old capture', {}, {}],
  ['limits without a number', { '/proc/1/limits': limits('unlimited') }, {}],
])('%s does not tell', (_, files, machine) => {
  expect(nrOpen(files, machine)).toMatchObject({ by: 'unknown', value: null });
});

test('another program as process 1 raises nothing, and nobody knows who applies the files', () => {
  expect(nrOpen({ '/proc/1/limits': limits('32768') }, { init: 'unknown' })).toBeNull();
});
