import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignmentOf, isGlob } from '../../src/model/config-key.ts';

const parse = (text: string) => assignmentOf({ file: '/etc/sysctl.d/50-x.conf', line: 1, text });

describe('assignmentOf', () => {
  test('reads the dotted form', () => {
    expect(parse('net.ipv4.tcp_rmem = 4096 131072 6291456')).toEqual({
      key: 'net.ipv4.tcp_rmem',
      path: 'net/ipv4/tcp_rmem',
      spelling: 'net.ipv4.tcp_rmem',
      value: '4096 131072 6291456',
      ignoreFailure: false,
    });
  });

  test('gives the slash form the same key and keeps its spelling', () => {
    expect(parse('net/ipv4/tcp_rmem=1 2 3')).toEqual({
      key: 'net.ipv4.tcp_rmem',
      path: 'net/ipv4/tcp_rmem',
      spelling: 'net/ipv4/tcp_rmem',
      value: '1 2 3',
      ignoreFailure: false,
    });
  });

  test.each([
    ['net.ipv4.conf.eth0/100.rp_filter = 2', 'net/ipv4/conf/eth0.100/rp_filter'],
    ['net/ipv4/conf/eth0.100/rp_filter = 2', 'net/ipv4/conf/eth0.100/rp_filter'],
    ['net.ipv4.conf.eth0.100.rp_filter = 2', 'net/ipv4/conf/eth0/100/rp_filter'],
    ['/net/ipv4/ip_forward = 1', 'net/ipv4/ip_forward'],
  ])('lets the first separator decide: %s', (text, path) => {
    expect(parse(text)?.path).toBe(path);
  });

  test('writes a dot inside an interface name as a slash in the key', () => {
    expect(parse('net/ipv4/conf/eth0.100/rp_filter = 2')?.key).toBe('net.ipv4.conf.eth0/100.rp_filter');
  });

  test('takes the leading dash as "ignore failure"', () => {
    expect(parse('-net.core.default_qdisc = fq')).toMatchObject({
      key: 'net.core.default_qdisc',
      ignoreFailure: true,
    });
  });

  test('splits at the first equals sign and keeps an inline comment in the value', () => {
    expect(parse('kernel.core_pattern=|/bin/x a=b')?.value).toBe('|/bin/x a=b');
    expect(parse('vm.swappiness = 10 # low')?.value).toBe('10 # low');
    expect(parse('fs.file-max =')?.value).toBe('');
  });

  test.each([
    '',
    '  ',
    '# fs.file-max = 1',
    '; fs.file-max = 1',
    '-net.ipv4.tcp_mem',
    'fs.file-max 1',
    '= 1',
    './ = 1',
    '/../net/ipv4/ip_forward = 1',
  ])('finds no assignment in %j', (text) => {
    expect(parse(text)).toBeNull();
  });

  test('knows globs', () => {
    const glob = parse('net.ipv4.conf.*.rp_filter = 2');
    expect(glob && isGlob(glob)).toBe(true);
    const plain = parse('vm.swappiness = 10');
    expect(plain && isGlob(plain)).toBe(false);
  });

  test('any path, spelt with dots or slashes, comes back as itself', () => {
    const component = fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}(\.[0-9]{1,3})?$/);
    fc.assert(
      fc.property(fc.array(component, { minLength: 2, maxLength: 6 }), (components) => {
        // The first component decides which form a line is in, so it holds no dot (none below /proc/sys does).
        const path = [components[0]?.replace('.', '_'), ...components.slice(1)].join('/');
        const dotted = path.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
        expect(parse(`${path} = 1`)?.path).toBe(path);
        expect(parse(`${dotted} = 1`)?.path).toBe(path);
        expect(parse(`${path} = 1`)?.key).toBe(dotted);
      }),
    );
  });
});
