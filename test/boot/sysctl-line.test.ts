import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Grammar, readLine, splitLines } from '../../src/boot/sysctl-line.ts';

const assignment = (grammar: Grammar, line: string) => {
  const meaning = readLine(grammar, line);
  return meaning.kind === 'assignment' ? [meaning.path, meaning.value, meaning.ignoreFailure] : meaning.kind;
};

describe('one line', () => {
  test.each<[string, unknown, unknown]>([
    ['net.core.somaxconn = 5', ['net/core/somaxconn', '5', false], ['net/core/somaxconn', '5', false]],
    ['net/core/somaxconn=5', ['net/core/somaxconn', '5', false], ['net/core/somaxconn', '5', false]],
    ['-net.core.somaxconn=5', ['net/core/somaxconn', '5', true], ['net/core/somaxconn', '5', true]],
    ['- net.core.somaxconn=5', ['net/core/somaxconn', '5', true], [' net/core/somaxconn', '5', true]],
    ['--net.core.somaxconn=5', ['-net/core/somaxconn', '5', true], ['net/core/somaxconn', '5', true]],
    ['net..core.somaxconn=5', ['net/core/somaxconn', '5', false], ['net//core/somaxconn', '5', false]],
    [
      'net.ipv4.conf.eth0/100.rp_filter=1',
      ['net/ipv4/conf/eth0.100/rp_filter', '1', false],
      ['net/ipv4/conf/eth0.100/rp_filter', '1', false],
    ],
    [
      'net/ipv4/conf/eth0.100/rp_filter=1',
      ['net/ipv4/conf/eth0.100/rp_filter', '1', false],
      ['net/ipv4/conf/eth0.100/rp_filter', '1', false],
    ],
    [
      'net.ipv4.conf.eth0.100.rp_filter=1',
      ['net/ipv4/conf/eth0/100/rp_filter', '1', false],
      ['net/ipv4/conf/eth0/100/rp_filter', '1', false],
    ],
    ['a.b = 5 # five', ['a/b', '5 # five', false], ['a/b', '5 # five', false]],
    ['a.b =', ['a/b', '', false], ['a/b', '', false]],
    ['\va.b=1', ['\va/b', '1', false], ['a/b', '1', false]],
    ['-a.b', 'exclusion', 'exclusion'],
    ['a.b', 'malformed', 'malformed'],
    [' # a.b = 1', 'nothing', 'nothing'],
    ['; a.b = 1', 'nothing', 'nothing'],
    ['   ', 'nothing', 'nothing'],
  ])('%j', (line, systemd, procps) => {
    expect(assignment('systemd', line)).toEqual(systemd);
    expect(assignment('procps', line)).toEqual(procps);
  });
});

describe('line ends', () => {
  test('systemd ends a line at CR and NUL too, and takes a mix of different ones as one end', () => {
    expect(splitLines('systemd', 'a\r\nb\rc\0d\n\re\n\nf').lines).toEqual(['a', 'b', 'c', 'd', 'e', '', 'f']);
  });

  test('procps ends lines at newlines only and reads each up to a NUL', () => {
    expect(splitLines('procps', 'abc\0x\r\nb\rc').lines).toEqual(['abc', 'b\rc']);
  });

  test('systemd stops at a line of a mebibyte and keeps what came before', () => {
    const { lines, cut } = splitLines('systemd', `a.b=1\n${'x'.repeat(1 << 20)}\nc.d=1`);
    expect({ lines, cut }).toEqual({ lines: ['a.b=1'], cut: true });
    expect(splitLines('systemd', `a.b=1\n${'x'.repeat((1 << 20) - 1)}`).cut).toBe(false);
  });

  test('any text is read without throwing, and no line holds its own end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom<Grammar>('systemd', 'procps'),
        (text, grammar) => {
          for (const line of splitLines(grammar, text).lines) {
            readLine(grammar, line);
            expect(line).not.toContain('\n');
          }
        },
      ),
    );
  });
});
