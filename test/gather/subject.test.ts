import { describe, expect, test } from '@jest/globals';
import { findSubject } from '../../src/gather/subject.ts';
import { memoryHost } from '../../src/host/memory.ts';

const process_ = (pid: number, name: string, parent: number) => ({
  [`/proc/${pid}/comm`]: `${name}\n`,
  [`/proc/${pid}/stat`]: `${pid} (${name}) S ${parent} 1 1 0 -1 0\n`,
});

describe('whose limits', () => {
  test('the shell that started tune', () => {
    const host = memoryHost({ files: { ...process_(99, 'bash', 50), ...process_(50, 'sshd', 1) } });
    expect(findSubject(host, { by: 'parent' })).toEqual({
      pid: 99,
      name: 'bash',
      chosenBy: 'parent',
      unit: null,
    });
  });

  test('past npx and its sh, whose soft limit Node has raised', () => {
    const host = memoryHost({
      files: { ...process_(99, 'sh', 98), ...process_(98, 'npm exec tune a', 97), ...process_(97, 'zsh', 1) },
    });
    expect(findSubject(host, { by: 'parent' })).toEqual({
      pid: 97,
      name: 'zsh',
      chosenBy: 'parent',
      unit: null,
    });
  });

  test('a name with blanks and parentheses does not confuse the parent’s number', () => {
    const host = memoryHost({ files: { ...process_(99, 'npm (x) y', 42), ...process_(42, 'fish', 1) } });
    expect(findSubject(host, { by: 'parent' }).pid).toBe(42);
  });

  test('a process that is gone is one clear line', () => {
    expect(() => findSubject(memoryHost({}), { by: 'pid', pid: 4711 })).toThrow(
      '--pid: no process 4711: it has gone or never was',
    );
  });

  test('a service is found by its control group, in every hierarchy', () => {
    const files = {
      '/sys/fs/cgroup/system.slice/nginx.service/cgroup.procs': '812\n813\n',
      ...process_(812, 'nginx', 1),
    };
    expect(findSubject(memoryHost({ files }), { by: 'service', unit: 'nginx' })).toEqual({
      pid: 812,
      name: 'nginx',
      chosenBy: 'service',
      unit: 'nginx.service',
    });
    expect(() => findSubject(memoryHost({}), { by: 'service', unit: 'nginx' })).toThrow(
      '--service: nginx.service is not running',
    );
    expect(() => findSubject(memoryHost({}), { by: 'service', unit: '../../etc' })).toThrow(
      'is not a service name',
    );
  });
});
