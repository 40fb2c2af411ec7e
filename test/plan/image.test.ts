import { describe, expect, test } from '@jest/globals';
import { file, settingLines } from './read-plan.ts';
import { c1m, planOf, STOCK } from './support.ts';

const IMAGE = { target: 'files', image: true } as const;

describe('a plan for an image', () => {
  const plan = planOf({ profile: c1m(), facts: STOCK, options: IMAGE });

  test('writes only what the machine that runs it could not have more of by itself', () => {
    const lines = settingLines(file(plan, 'sysctl.d'));
    expect(lines).toEqual(expect.arrayContaining(['fs.nr_open = 2097152', 'net.core.somaxconn = 65535']));
    expect(lines.join('\n')).not.toMatch(/file-max|epoll|tcp_mem|tcp_rmem|tcp_wmem/);
    const left = plan.withheld.filter(({ code }) => code === 'depends-on-machine').map(({ key }) => key);
    for (const key of ['fs.file-max', 'fs.epoll.max_user_watches', 'net.ipv4.tcp_mem', 'net.ipv4.tcp_rmem'])
      expect(left).toContain(key);
  });

  test('holds nothing of the kernel that happens to run here', () => {
    const facts = { ...STOCK, 'fs.file-max': '777777', 'fs.epoll.max_user_watches': '888888' };
    const other = planOf({ profile: c1m(), facts, options: { ...IMAGE, pin: true } });
    expect(file(other, 'sysctl.d')).not.toMatch(/777777|888888/);
    expect(settingLines(file(other, 'sysctl.d'))).toContain('fs.file-max = 2400000');
  });

  test('has no live writes', () => {
    expect(plan.writes).toEqual([]);
  });
});
