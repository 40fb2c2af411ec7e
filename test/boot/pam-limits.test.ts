import { describe, expect, test } from '@jest/globals';
import { pamLimits } from '../../src/boot/pam-limits.ts';
import {
  DEBIAN_12,
  DEBIAN_13,
  type PamContext,
  type PamVariant,
  pamVariantOf,
  type SessionUser,
  UPSTREAM,
} from '../../src/boot/pam-types.ts';
import { tree } from './trees.ts';

const ROOT: SessionUser = { name: 'root', uid: 0, gid: 0, groups: [{ name: 'root', gid: 0 }] };
const ALICE: SessionUser = {
  name: 'alice',
  uid: 1000,
  gid: 1000,
  groups: [
    { name: 'alice', gid: 1000 },
    { name: 'wheel', gid: 10 },
  ],
};
const CONTEXT: PamContext = {
  nrOpen: 1048576n,
  privileged: true,
  inherited: { nofile: { soft: 1024n, hard: 524288n }, memlock: { soft: 8388608n, hard: 8388608n } },
  init: { nofile: { soft: 1048576n, hard: 1048576n } },
};

interface Options {
  readonly user?: SessionUser;
  readonly variant?: PamVariant;
  readonly dropIn?: string;
  readonly context?: Partial<PamContext>;
}
const run = (text: string, { user = ALICE, variant = UPSTREAM, dropIn, context }: Options = {}) =>
  pamLimits(
    tree({
      '/etc/security/limits.conf': text,
      ...(dropIn === undefined ? {} : { '/etc/security/limits.d/99.conf': dropIn }),
    }),
    user,
    { ...CONTEXT, ...context },
    variant,
  );
const nofile = (text: string, options: Options = {}) => {
  const result = run(text, options);
  return result.refused
    ? result.refused.reason
    : `${result.limits.nofile?.soft}:${result.limits.nofile?.hard}`;
};
const codes = (text: string, options: Options = {}) => run(text, options).complaints.map((c) => c.code);

describe('which line decides', () => {
  test('level beats order: a name over a group over *', () => {
    expect(nofile('alice - nofile 100\n@wheel - nofile 200\n* - nofile 300')).toBe('100:100');
    expect(nofile('* - nofile 300\n@wheel - nofile 200')).toBe('200:200');
    expect(nofile('alice - nofile 100', { dropIn: '* - nofile 300' })).toBe('100:100');
  });

  test('on one level the last line wins, across files, and says where it stands', () => {
    const result = run('* hard nofile 100', { dropIn: '\n* hard nofile 200' });
    expect(result.limits.nofile).toEqual({
      soft: 200n,
      hard: 200n,
      softAt: null,
      hardAt: { file: '/etc/security/limits.d/99.conf', line: 2, text: '* hard nofile 200' },
    });
  });

  test('type - gives up both limits when a closer line holds the soft one, but not when it holds the hard one', () => {
    expect(nofile('alice soft nofile 100\n* - nofile 300')).toBe('100:524288');
    expect(nofile('alice hard nofile 5000\n* - nofile 300')).toBe('300:5000');
  });

  test('ranges of uids count as the user; ranges of gids look at the primary group only', () => {
    expect(nofile('1000: - nofile 7000\n* - nofile 1')).toBe('7000:7000');
    expect(nofile('500:999 - nofile 7000')).toBe('1024:524288');
    expect(nofile('@:10 - nofile 7000')).toBe('7000:7000');
    expect(nofile('@10:10 - nofile 7000')).toBe('1024:524288');
  });

  test('DOMAIN - frees the user from everything, whatever came before', () => {
    const result = run('alice - nofile 100\nalice -\n');
    expect([result.limits.nofile?.soft, result.stoppedAt?.line]).toEqual([1024n, 2]);
    expect(nofile('* -\n* - nofile 100')).toBe('100:100');
  });
});

describe('root', () => {
  test('upstream * is for root too; for Debian only its name or its uid', () => {
    const at = (variant: PamVariant, text: string) => nofile(text, { user: ROOT, variant });
    expect(at(UPSTREAM, '* - nofile 4000')).toBe('4000:4000');
    expect(at(DEBIAN_13, '* - nofile 4000\n@root - nofile 3000')).toBe('1024:524288');
    expect(at(DEBIAN_13, 'root - nofile 4000')).toBe('4000:4000');
    expect(at(DEBIAN_13, ':0 - nofile 4000')).toBe('4000:4000');
    expect(at(DEBIAN_13, '@:0 - nofile 4000')).toBe('4000:4000');
  });

  test('Debian 12 starts from process 1, its soft limit cut to 1024', () => {
    expect(nofile('', { variant: DEBIAN_12 })).toBe('1024:1048576');
    expect(nofile('', { variant: DEBIAN_13 })).toBe('1024:524288');
  });
});

describe('values', () => {
  test.each<[string, string, string]>([
    ['1M', 'EMFILE', 'number-cut-short,too-few-files'],
    ['10K', '10:10', 'number-cut-short'],
    ['15,000', '15:15', 'number-cut-short'],
    ['0x1000', 'EMFILE', 'number-cut-short,too-few-files'],
    ['010', '10:10', ''],
    ['unlimited', '1048576:1048576', ''],
    ['-1', '1048576:1048576', ''],
    ['abc', '1024:524288', 'not-a-number'],
    ['1048577', 'EPERM', 'limit-refused'],
    ['-5', 'EPERM', 'negative-number,limit-refused'],
  ])('nofile %s: %s', (value, expected, complaints) => {
    expect(nofile(`* - nofile ${value}`)).toBe(expected);
    expect(codes(`* - nofile ${value}`).join()).toBe(complaints);
  });

  test('soft above hard is lowered; memlock is in KiB', () => {
    expect(nofile('* soft nofile 5000\n* hard nofile 3000')).toBe('3000:3000');
    expect(run('* - memlock 100').limits.memlock).toMatchObject({ soft: 102400n, hard: 102400n });
  });

  test('above fs.nr_open upstream refuses the session, and Debian leaves the limit as it was', () => {
    expect(nofile('* - nofile 2097152')).toBe('EPERM');
    expect(nofile('* - nofile 2097152', { variant: DEBIAN_13 })).toBe('1024:524288');
  });

  test('without the capability a hard limit is not raised', () => {
    expect(nofile('* - nofile 600000', { context: { privileged: false } })).toBe('EPERM');
    expect(nofile('* - nofile 500000', { context: { privileged: false } })).toBe('500000:500000');
  });
});

describe('lines', () => {
  test.each<[string, string]>([
    ['* - nofiles 5', 'unknown-item'],
    ['* both nofile 5', 'unknown-type'],
    ['* soft nofile', 'invalid-line'],
    ['x: - nofile 5', 'invalid-range'],
    ['%wheel - nofile 5', 'group-only-for-logins'],
    ['alice - maxlogins 0', 'logins-refused'],
    ['# * - nofile 5', ''],
    ['* - NOFILE 4096 # yes', ''],
  ])('%s: %s', (line, code) => {
    expect(codes(line).join()).toBe(code);
  });

  test('CRLF: 1.5 strips the CR, 1.7 keeps it in the value', () => {
    const text = '* - nofile unlimited\r\n';
    expect(nofile(text, { variant: { ...UPSTREAM, release: '1.5' } })).toBe('1048576:1048576');
    expect(codes(text)).toEqual(['not-a-number']);
    expect(nofile('* - nofile 4096\r\n')).toBe('4096:4096');
  });

  test('1.5 takes what follows 1,023 bytes for a line of its own', () => {
    const text = `#${'x'.repeat(1022)}* - nofile 777`;
    expect(nofile(text, { variant: { ...UPSTREAM, release: '1.5' } })).toBe('777:777');
    expect(nofile(text)).toBe('1024:524288');
  });
});

describe('files', () => {
  test('1.5 refuses sessions when limits.conf is missing or a drop-in dangles, 1.7 does not', () => {
    const dangling = { name: 'a.conf', kind: 'dangling', target: '/gone' } as const;
    const files = tree({ '/etc/security/limits.d/a.conf': dangling });
    const old = { ...UPSTREAM, release: '1.5' } as const;
    expect(pamLimits(files, ALICE, CONTEXT, old).refused).toMatchObject({
      reason: 'ENOENT',
      file: '/etc/security/limits.conf',
    });
    expect(pamLimits(files, ALICE, CONTEXT, UPSTREAM).refused).toBeNull();
  });

  test('hidden files and other suffixes are not read', () => {
    const files = tree({
      '/etc/security/limits.conf': '',
      '/etc/security/limits.d/.a.conf': '* - nofile 1',
      '/etc/security/limits.d/b.cnf': '* - nofile 2',
    });
    expect(pamLimits(files, ALICE, CONTEXT).limits.nofile).toMatchObject({ soft: 1024n });
  });

  test('the module of a distribution', () => {
    expect(pamVariantOf('debian', '12')).toBe(DEBIAN_12);
    expect(pamVariantOf('debian', '13')).toBe(DEBIAN_13);
    expect(pamVariantOf('ubuntu', '24.04')).toBe(DEBIAN_12);
    expect(pamVariantOf('rhel', '9.4')).toMatchObject({ release: '1.5', debian: false });
    expect(pamVariantOf('arch', '')).toBe(UPSTREAM);
  });
});
