import { describe, expect, test } from '@jest/globals';
import { rule } from '../../src/rules/hard-limit-needs-capability.ts';
import { contextOf } from '../support/snapshot.ts';

describe('hard-limit-needs-capability', () => {
  const facts = { 'limit.nofile.hard': '20000' };

  test('root without CAP_SYS_RESOURCE cannot get there', () => {
    const machine = { capabilities: 0x1fffeffffffn };
    expect(rule.check(contextOf({ facts, machine }))).toEqual([
      {
        code: 'hard-limit-needs-capability',
        severity: 'error',
        subject: 'limit.nofile.hard',
        what: 'The hard nofile limit is 20,000, 1,000,000 connections need 1,001,000, and root has no CAP_SYS_RESOURCE here, so no process started from here can raise it.',
        remedy:
          "Have whoever starts this environment raise it: `docker run --ulimit nofile=2097152:2097152`, `LimitNOFILE=2097152` on the runtime's unit, or `--cap-add SYS_RESOURCE`.",
      },
    ]);
  });

  test('for an ordinary user it is only a hint', () => {
    const machine = { capabilities: 0n, uid: 1000 };
    expect(rule.check(contextOf({ facts, machine }))).toEqual([
      {
        code: 'hard-limit-needs-capability',
        severity: 'info',
        subject: 'limit.nofile.hard',
        what: 'The hard nofile limit is 20,000, 1,000,000 connections need 1,001,000, and user 1000 has no CAP_SYS_RESOURCE to raise it with.',
        remedy: 'Run `tune apply` as root.',
      },
    ]);
  });

  test('silent when the limit can be raised, or need not be', () => {
    expect(rule.check(contextOf({ facts }))).toEqual([]);
    const tight = { 'limit.nofile.hard': '1048576' };
    expect(rule.check(contextOf({ facts: tight, machine: { capabilities: 0n } }))).toEqual([]);
  });

  test('says what it could not read', () => {
    expect(rule.check(contextOf())).toEqual([
      { code: 'hard-limit-needs-capability', why: 'limit.nofile.hard was not read' },
    ]);
  });

  test('the goal and a thousand other descriptors are enough', () => {
    const machine = { capabilities: 0n };
    const enough = { 'limit.nofile.hard': '1001000' };
    expect(rule.check(contextOf({ facts: enough, machine }))).toEqual([]);
    const short = { 'limit.nofile.hard': '1000999' };
    expect(rule.check(contextOf({ facts: short, machine }))).toHaveLength(1);
  });
});
