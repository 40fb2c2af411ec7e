import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/namespace-of-subject.ts';
import { contextOf } from '../support/snapshot.ts';

describe('namespace-of-subject', () => {
  test('the server lives elsewhere', () => {
    const machine = {
      subjectSharesNetns: 'no',
      subject: { pid: 731, name: 'haproxy', chosenBy: 'pid' },
    } as const;
    expect(rule.check(contextOf({ machine }))).toEqual([
      {
        code: 'namespace-of-subject',
        severity: 'error',
        subject: 'pid 731',
        what: 'haproxy (pid 731) lives in another network namespace than the one that was read, so the net.* values in this report are not the ones it runs with.',
        remedy: 'Run `nsenter -t 731 -n tune audit --pid 731` as root.',
      },
    ]);
  });

  test('a child namespace is told', () => {
    expect(rule.check(contextOf({ machine: { initialNetns: 'no' } }))).toEqual([
      {
        code: 'namespace-of-subject',
        severity: 'info',
        subject: 'network namespace',
        what: "This is a child network namespace: its net.* settings started from the kernel's defaults, not from the host's values, and host-wide keys such as tcp_mem are hidden or read-only.",
        remedy:
          "Set net.* values where the namespace is made (`docker run --sysctl net.core.somaxconn=65535`, a pod's `securityContext.sysctls`), and run `tune audit` on the host as well.",
      },
    ]);
  });

  test('silent in the initial namespace', () => {
    expect(rule.check(contextOf())).toEqual([]);
  });

  test('says what it could not find out', () => {
    const machine = { initialNetns: 'unknown', subjectSharesNetns: 'unknown' } as const;
    expect(rule.check(contextOf({ machine }))).toEqual([
      {
        code: 'namespace-of-subject',
        why: 'whether bash (pid 4242) lives in the network namespace that was read could not be found out',
      },
      {
        code: 'namespace-of-subject',
        why: 'whether this is the initial network namespace could not be found out',
      },
    ]);
  });
});
