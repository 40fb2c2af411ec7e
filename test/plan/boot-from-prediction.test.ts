import { describe, expect, test } from '@jest/globals';
import type { BootPrediction } from '../../src/model/finding.ts';
import { integer } from '../../src/model/value.ts';
import { bootViewOf } from '../../src/plan/index.ts';

const KEY = 'net.core.somaxconn';
const NOTHING: BootPrediction = {
  by: 'unknown',
  value: null,
  at: null,
  manual: null,
  losing: [],
  later: [],
  lateModule: null,
};

function outcome(prediction: Partial<BootPrediction> | null) {
  const boot = prediction === null ? null : { ...NOTHING, ...prediction };
  return bootViewOf(() => boot, null).outcome(KEY);
}

describe('the view of the next boot from predictions', () => {
  test('what was not modelled is not known', () => {
    expect(outcome(null)).toBeNull();
  });

  test('nothing sets it: the default, and no winner', () => {
    expect(outcome({ by: 'default', value: integer(4096) })).toEqual({
      value: integer(4096),
      winner: null,
      later: [],
    });
  });

  test('files that sort before ours are not in our way, those after are', () => {
    const at = (file: string) => ({ file, line: 2 });
    const found = outcome({
      by: 'file',
      value: integer(3),
      at: at('/usr/lib/sysctl.d/zzz.conf'),
      losing: [
        { at: at('/etc/sysctl.d/99-x.conf'), text: `${KEY} = 1`, value: integer(1) },
        { at: at('/etc/sysctl.d/zzy.conf'), text: `${KEY} = 2`, value: integer(2) },
        { at: at('/etc/sysctl.d/zzz.conf'), text: 'net.core.* = 9', value: integer(9) },
      ],
    });
    expect(found?.later.map(({ file, loaders }) => [file, loaders])).toEqual([
      ['/etc/sysctl.d/zzy.conf', 'both'],
      ['/usr/lib/sysctl.d/zzz.conf', 'both'],
    ]);
  });

  test('/etc/sysctl.conf wins when sysctl --system is run by hand', () => {
    const manual = { value: integer(9), at: { file: '/etc/sysctl.conf', line: 4 } };
    expect(outcome({ by: 'default', value: integer(1), manual })?.later).toEqual([
      { file: '/etc/sysctl.conf', line: 4, value: integer(9), loaders: 'by-hand' },
    ]);
  });

  test('nr_open and the units are passed on', () => {
    const predict = (key: string) => (key === 'fs.nr_open' ? { ...NOTHING, value: integer(7) } : null);
    const view = bootViewOf(predict, ['a.service']);
    expect([view.nrOpen, view.unitExists('a.service'), view.unitExists('b.service')]).toEqual([
      7n,
      true,
      false,
    ]);
    expect(bootViewOf(() => null, null)).toMatchObject({ nrOpen: null });
    expect(bootViewOf(() => null, null).unitExists('b.service')).toBeNull();
  });
});
