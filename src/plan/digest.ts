/** Digests: of a profile's meaning, and of texts. */
import { createHash } from 'node:crypto';
import type { Profile } from '../model/profile.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What the profile asks for, and nothing about where its file lies or how it words its reasons. */
export function profileDigest(profile: Profile, goal: bigint): string {
  const settings = profile.settings.map(({ key, want, level, when }) => ({ key, want, level, when }));
  return sha256(canonicalJson({ goal, settings }));
}

/** JSON with sorted member names, and integers of any size as decimal strings. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return member.toString();
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
