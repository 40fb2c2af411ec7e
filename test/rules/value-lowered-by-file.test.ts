import { describe, expect, test } from '@jest/globals';
import type { BootPrediction } from '../../src/model/finding.ts';
import { integer } from '../../src/model/value.ts';
import { rule } from '../../src/rules/value-lowered-by-file.ts';
import { absent, contextOf } from '../support/snapshot.ts';

describe('value-lowered-by-file', () => {
  const file = '/etc/sysctl.d/10-article.conf';

  test("the article's fs.file-max lowers a systemd host below its goal", () => {
    const facts = { 'fs.file-max': '9223372036854775807' };
    const config = { [file]: '# raise the limit\nfs.file-max = 999999\n' };
    expect(rule.check(contextOf({ facts, config }))).toEqual([
      {
        code: 'value-lowered-by-file',
        severity: 'error',
        subject: '/etc/sysctl.d/10-article.conf:2',
        what: '/etc/sysctl.d/10-article.conf:2 sets fs.file-max to 999,999, and the kernel has 9,223,372,036,854,775,807 now: the next boot or `sysctl --system` lowers it below the 1,300,000 that 1,000,000 connections need.',
        remedy:
          'Remove the line `fs.file-max = 999999` from /etc/sysctl.d/10-article.conf:2, or write `fs.file-max = 9223372036854775807` there.',
      },
    ]);
  });

  test('a smaller goal makes it a warning', () => {
    const facts = { 'fs.file-max': '9223372036854775807' };
    const config = { [file]: 'fs/file-max = 999999' };
    expect(rule.check(contextOf({ facts, config }, 500_000n))).toMatchObject([
      { severity: 'warning', subject: `${file}:1` },
    ]);
  });

  test.each([
    ['kernel.pid_max', '4194304', '65536'],
    ['vm.max_map_count', '1048576', '65530'],
    ['net.core.rmem_max', '4194304', '212992'],
    ['net.ipv4.tcp_max_orphans', '131072', '010000'],
    ['net.ipv4.tcp_max_tw_buckets', '-1', '2000000'],
  ])('%s: %s lowered to %s', (key, live, written) => {
    const config = { [file]: `${key} = ${written}` };
    expect(rule.check(contextOf({ facts: { [key]: live }, config }))).toMatchObject([
      { severity: 'warning', subject: `${file}:1` },
    ]);
  });

  test.each([
    ['raising', 'fs.nr_open', '1048576', '2097152'],
    ['the same value', 'fs.nr_open', '1048576', '1048576'],
    ['a negative number of buckets, which is no limit', 'net.ipv4.tcp_max_tw_buckets', '262144', '-1'],
    ['text that the kernel refuses', 'fs.nr_open', '1048576', '1,024'],
    ['a key where less can be right', 'net.ipv4.tcp_fin_timeout', '60', '15'],
  ])('silent about %s', (_, key, live, written) => {
    const config = { [file]: `${key} = ${written}` };
    expect(rule.check(contextOf({ facts: { [key]: live }, config }))).toEqual([]);
  });

  test("once booted, the article's line still holds the host down", () => {
    const facts = { 'fs.file-max': '999999' };
    const config = { [file]: 'fs.file-max = 999999' };
    expect(rule.check(contextOf({ facts, config }, 500_000n))).toEqual([
      {
        code: 'value-lowered-by-file',
        severity: 'warning',
        subject: `${file}:1`,
        what: `${file}:1 holds fs.file-max down at 999,999: systemd 240 and later sets it to 9,223,372,036,854,775,807 at boot, before the files are applied.`,
        remedy: `Remove the line from ${file}:1, unless \`systemctl --version\` says less than 240.`,
      },
    ]);
    expect(rule.check(contextOf({ facts, config }))).toMatchObject([{ severity: 'error' }]);
  });

  test.each([
    ['a kernel older than that systemd', { kernelRelease: '4.18.0-553.el8' }],
    ['another init', { init: 'openrc-init' }],
  ])('nothing is held down with %s', (_, machine) => {
    const config = { [file]: 'fs.file-max = 999999' };
    expect(rule.check(contextOf({ facts: { 'fs.file-max': '999999' }, config, machine }, 500_000n))).toEqual(
      [],
    );
  });

  test('a line of tune’s own, above a smaller one, holds nothing down', () => {
    const ours = '/etc/sysctl.d/zz-tune.conf';
    const config = { '/etc/sysctl.conf': 'fs.file-max = 65535', [ours]: 'fs.file-max = 1300000' };
    const context = contextOf({ facts: { 'fs.file-max': '1300000' }, config });
    const winner = {
      ...{ by: 'file', value: integer(1_300_000n), at: { file: ours, line: 1 }, manual: null },
    } as BootPrediction;
    expect(rule.check({ ...context, predict: () => winner })).toEqual([]);
  });

  test('a line that another one beats lowers nothing, at boot or by hand', () => {
    const config = { [file]: 'fs.file-max = 65535', '/etc/sysctl.conf': 'fs.file-max = 3000000' };
    const context = contextOf({ facts: { 'fs.file-max': '3000000' }, config });
    const at = { file: '/etc/sysctl.d/99-sysctl.conf', line: 1 };
    const beaten = { by: 'file', value: integer(3_000_000n), at, manual: null } as BootPrediction;
    const said = (predict: BootPrediction | null) =>
      rule
        .check({ ...context, predict: () => predict })
        .map((one) => ('subject' in one ? one.subject : null));
    expect(said(beaten)).not.toContain(`${file}:1`);
    expect(said({ ...beaten, manual: { value: null, at: { file, line: 1 } } })).toContain(`${file}:1`);
    expect(said(null)).toContain(`${file}:1`);
  });

  test('lines of the 99-sysctl.conf symlink are told once', () => {
    const config = {
      '/etc/sysctl.d/99-sysctl.conf': 'fs.file-max = 65535',
      '/etc/sysctl.conf': 'fs.file-max = 65535',
    };
    const facts = { 'fs.file-max': '3000000' };
    expect(rule.check(contextOf({ facts, config }))).toMatchObject([{ subject: '/etc/sysctl.conf:1' }]);
  });

  test('says which line it could not compare', () => {
    const config = { [file]: 'net.ipv4.tcp_max_orphans = 1000' };
    const facts = { 'net.ipv4.tcp_max_orphans': absent('child-namespace') };
    expect(rule.check(contextOf({ facts, config }))).toEqual([
      {
        code: 'value-lowered-by-file',
        why: '/etc/sysctl.d/10-article.conf:1: net.ipv4.tcp_max_orphans is not visible from a child network namespace',
      },
    ]);
  });

  test('an error only where the kernel has what the goal needs and the file takes it away', () => {
    const severity = (live: string, written: string) =>
      rule.check(contextOf({ facts: { 'fs.nr_open': live }, config: { [file]: `fs.nr_open = ${written}` } }));
    expect(severity('2097152', '2097151')).toMatchObject([{ severity: 'error' }]);
    expect(severity('2097151', '1048576')).toMatchObject([{ severity: 'warning' }]);
    expect(severity('4194304', '2097152')).toMatchObject([{ severity: 'warning' }]);
  });

  test('a file that a package owns is overridden, not edited', () => {
    const config = { '/usr/lib/sysctl.d/50-vendor.conf': 'kernel.pid_max = 65536' };
    expect(rule.check(contextOf({ facts: { 'kernel.pid_max': '4194304' }, config }))).toMatchObject([
      {
        subject: '/usr/lib/sysctl.d/50-vendor.conf:1',
        remedy: 'Write `kernel.pid_max = 4194304` to /etc/sysctl.d/zz-tune.conf, which is applied after it.',
      },
    ]);
  });
});
