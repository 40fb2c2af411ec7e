import { describe, expect, test } from '@jest/globals';
import {
  parseRlimit,
  serviceLimit,
  systemDefault,
  userDefault,
  withinNrOpen,
} from '../../src/boot/systemd-limits.ts';
import { dropInNames } from '../../src/boot/unit-files.ts';
import { tree } from './trees.ts';

const NR_OPEN = 1048576n;
const shown = (limit: { soft: unknown; hard: unknown; at?: { file: string; line: number } | null }) =>
  `${limit.soft}:${limit.hard}${limit.at ? ` ${limit.at.file}:${limit.at.line}` : ''}`;

describe('LimitNOFILE values', () => {
  test.each<[string, string]>([
    ['1024', '1024:1024'],
    ['1024:524288', '1024:524288'],
    ['infinity', 'unlimited:unlimited'],
    ['1024:infinity', '1024:unlimited'],
    ['0x400', '1024:1024'],
    ['02000', '1024:1024'],
    ['1M', 'not-a-number'],
    ['1024:', 'not-a-number'],
    [':1024', 'not-a-number'],
    ['1:2:3', 'not-a-number'],
    ['', 'not-a-number'],
    ['-1', 'not-a-number'],
    ['unlimited', 'not-a-number'],
    ['2:1', 'soft-above-hard'],
    ['infinity:5', 'soft-above-hard'],
    [' +5', '5:5'],
    ['0b101', '5:5'],
    ['0o17', '15:15'],
    ['09', 'not-a-number'],
    ['0x', 'not-a-number'],
    ['1024 : 2048', 'not-a-number'],
    ['18446744073709551614', '18446744073709551614:18446744073709551614'],
    ['18446744073709551615', 'not-a-number'],
  ])('%j: %s', (text, expected) => {
    const parsed = parseRlimit(text);
    expect(typeof parsed === 'string' ? parsed : shown(parsed)).toBe(expected);
  });
});

describe('the default of the managers', () => {
  test('built in: 1024:524288, the hard one never above fs.nr_open', () => {
    expect(shown(systemDefault(tree({}), NR_OPEN))).toBe('1024:524288');
    expect(shown(systemDefault(tree({}), 65536n))).toBe('1024:65536');
  });

  test('drop-ins come after system.conf, by name; the last valid assignment wins', () => {
    const files = tree({
      '/etc/systemd/system.conf': '[Manager]\n#DefaultLimitNOFILE=1\nDefaultLimitNOFILE=10:20\n',
      '/usr/lib/systemd/system.conf.d/50-a.conf': '[Manager]\nDefaultLimitNOFILE=30:40\n',
      '/etc/systemd/system.conf.d/60-b.conf':
        '[Manager]\nDefaultLimitNOFILE=\\\n 50:60\nDefaultLimitNOFILE=1M\n',
      '/usr/lib/systemd/system.conf.d/60-b.conf': '[Manager]\nDefaultLimitNOFILE=70:80\n',
    });
    const limit = systemDefault(files, NR_OPEN);
    expect(shown(limit)).toBe('50:60 /etc/systemd/system.conf.d/60-b.conf:3');
    expect(limit.losing.map((l) => l.file)).toEqual([
      '/etc/systemd/system.conf',
      '/usr/lib/systemd/system.conf.d/50-a.conf',
    ]);
    expect(limit.complaints.map((c) => `${c.code}:${c.line}`)).toEqual(['not-a-number:4']);
  });

  test('a line outside [Manager] does nothing and is said to', () => {
    const at = (text: string) => systemDefault(tree({ '/etc/systemd/system.conf': text }), NR_OPEN);
    expect(at('DefaultLimitNOFILE=5\n').complaints.map((c) => c.code)).toEqual(['outside-section']);
    expect(at('[Service]\nDefaultLimitNOFILE=5\n').complaints.map((c) => c.code)).toEqual(['wrong-section']);
    expect(at('[Manager\nDefaultLimitNOFILE=5\n').soft).toBe(1024n);
  });

  test('a user manager hands on what it has, the soft limit cut to 1024', () => {
    expect(shown(userDefault(tree({}), { soft: 65536n, hard: 1000000n }))).toBe('1024:1000000');
    expect(
      shown(
        userDefault(tree({ '/etc/systemd/user.conf': '[Manager]\nDefaultLimitNOFILE=7\n' }), {
          soft: 1n,
          hard: 9n,
        }),
      ),
    ).toBe('7:7 /etc/systemd/user.conf:2');
  });
});

describe('a service', () => {
  const fallback = systemDefault(tree({}), NR_OPEN);

  test('its drop-ins beat its file, whose directory is the highest that has it', () => {
    const files = tree({
      '/usr/lib/systemd/system/web.service': '[Service]\nLimitNOFILE=1\n',
      '/etc/systemd/system/web.service': '[Service]\nLimitNOFILE=2\n',
      '/usr/lib/systemd/system/service.d/99-all.conf': '[Service]\nLimitNOFILE=3\n',
      '/etc/systemd/system/web.service.d/10-own.conf': '[Service]\nLimitNOFILE=4\n',
    });
    expect(shown(serviceLimit(files, 'web.service', fallback))).toBe(
      '3:3 /usr/lib/systemd/system/service.d/99-all.conf:2',
    );
  });

  test('a drop-in of the same name in a more specific directory masks the other', () => {
    const files = tree({
      '/usr/lib/systemd/system/service.d/x.conf': '[Service]\nLimitNOFILE=3\n',
      '/run/systemd/system/web.service.d/x.conf': { name: 'x.conf', kind: 'dev-null' },
    });
    expect(shown(serviceLimit(files, 'web.service', fallback))).toBe('1024:524288');
  });

  test('an instance uses its template', () => {
    const files = tree({ '/usr/lib/systemd/system/user@.service': '[Service]\nLimitNOFILE=8\n' });
    expect(serviceLimit(files, 'user@1000.service', fallback)).toMatchObject({
      soft: 8n,
      unitFile: '/usr/lib/systemd/system/user@.service',
    });
  });

  test('names of drop-in directories', () => {
    expect(dropInNames('a-b-c.service')).toEqual(['a-b-c.service', 'a-b-.service', 'a-.service']);
    expect(dropInNames('a-b@x.service')).toEqual([
      'a-b@x.service',
      'a-b@.service',
      'a-@.service',
      'a-@x.service',
    ]);
    expect(dropInNames('web.service')).toEqual(['web.service']);
  });

  test('the kernel gives no more than fs.nr_open', () => {
    expect(withinNrOpen({ soft: 'unlimited', hard: 'unlimited' }, NR_OPEN)).toEqual({
      soft: NR_OPEN,
      hard: NR_OPEN,
    });
    expect(withinNrOpen({ soft: 5n, hard: 2000000n }, NR_OPEN)).toEqual({ soft: 5n, hard: NR_OPEN });
  });
});
