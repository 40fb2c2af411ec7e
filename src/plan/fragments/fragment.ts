/** A configuration file as tune writes it: who wrote it, for what, and a reason above every line. */

import { MARK } from '../../model/managed-file.ts';
import type { LineReason } from '../../model/plan.ts';
import { formatGrouped } from '../../model/value.ts';
import { comment } from '../text.ts';

export interface Author {
  readonly profile: string;
  readonly goal: bigint;
}

export interface Entry {
  readonly key: string;
  readonly reason: string;
  /** One or more lines of the file's own syntax. */
  readonly lines: readonly string[];
}

export interface Fragment {
  readonly text: string;
  readonly lines: readonly LineReason[];
}

/** No date and no version: the same settings give the same bytes. `section` is systemd's `[Manager]`. */
export function renderFragment(
  author: Author,
  entries: readonly Entry[],
  section: string | null = null,
): Fragment {
  const out = [
    ...comment(
      `Managed by tune: written by "tune apply" for the profile ${author.profile} (${formatGrouped(author.goal)} connections).`,
    ),
    ...comment(
      'Do not edit: the next apply replaces this file; "tune rollback" puts back what was here before.',
    ),
    ...(section === null ? [] : ['', section]),
  ];
  const reasons: LineReason[] = [];
  for (const { key, reason, lines } of entries) {
    out.push('', ...comment(reason));
    for (const line of lines) {
      out.push(line);
      reasons.push({ line: out.length, key, reason });
    }
  }
  return { text: `${out.join('\n')}\n`, lines: reasons };
}

export function isOurs(text: string): boolean {
  return text.startsWith(MARK);
}
