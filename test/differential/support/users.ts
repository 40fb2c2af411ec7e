/** The users whose sessions are opened, and the account files that make them. */
import type { SessionUser } from '../../../src/boot/pam-types.ts';

const GROUPS = [
  { name: 'root', gid: 0 },
  { name: 'users', gid: 100 },
  { name: 'wheel', gid: 10 },
  { name: 'alice', gid: 1000 },
  { name: 'big', gid: 70000 },
];
const group = (name: string) => GROUPS.find((g) => g.name === name) ?? { name, gid: -1 };

export const USERS: readonly SessionUser[] = [
  { name: 'root', uid: 0, gid: 0, groups: [group('root'), group('wheel')] },
  { name: 'alice', uid: 1000, gid: 1000, groups: [group('alice'), group('wheel')] },
  { name: 'bob', uid: 1001, gid: 100, groups: [group('users')] },
  { name: 'carol', uid: 70000, gid: 70000, groups: [group('big'), group('users')] },
];

export const PASSWD = USERS.map(({ name, uid, gid }) => `${name}:x:${uid}:${gid}::/:/bin/sh\n`).join('');
export const GROUP = GROUPS.map(({ name, gid }) => {
  const members = USERS.filter((u) => u.gid !== gid && u.groups.some((g) => g.name === name)).map(
    (u) => u.name,
  );
  return `${name}:x:${gid}:${members.join(',')}\n`;
}).join('');
