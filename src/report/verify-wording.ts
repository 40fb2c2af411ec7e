/** The words for what verify found. Every union is spelled out, so a new code without words does not compile. */
import type {
  Culprit,
  FileCheck,
  SessionKind,
  SettingState,
  VerifyNote,
  VerifyReason,
} from '../model/verify.ts';
import { grouped } from './soak-wording.ts';
import { placeText } from './wording.ts';

export const SETTING_STATES: Readonly<Record<SettingState, string>> = {
  held: 'held',
  'will-be-lost': 'held now, lost at the next boot',
  lost: 'lost',
  unreadable: 'cannot be read',
  'not-applicable': 'does not apply here',
  'not-applied': 'only recommended, and left alone by apply (see "tune plan")',
};

export const FILE_STATES: Readonly<Record<FileCheck['state'], string>> = {
  'as-written': 'as written',
  changed: 'changed since',
  gone: 'gone',
  unreadable: 'cannot be read',
};

export const SESSIONS: Readonly<Record<SessionKind, (who: string) => string>> = {
  login: (who) => `session of ${who}`,
  'root-login': () => 'session of root',
  'service-default': () => 'a service without limits of its own',
  service: (who) => who,
};

export const REASONS: Readonly<Record<VerifyReason, string>> = {
  'file-changed': 'a file of tune’s is not as it was written',
  'setting-lost': 'a setting is not as wanted, or the next boot takes it',
  'setting-unreadable': 'a setting cannot be read',
  'session-lost': 'a session does not get its limit of open files',
  'session-unchecked': 'a session could not be looked at',
  'soak-failed': 'the connections were not held',
  'soak-inconclusive': 'the soak proved nothing either way',
  'goal-does-not-fit': 'this machine has not the memory for the goal',
  'soak-impossible': 'the soak could not begin',
  'not-rebooted': 'the machine was not rebooted since the apply: reboot, and run "tune verify" again',
  'reboot-unknown': 'it is not known whether the machine was rebooted since the apply',
  'not-confirmed': 'the apply waits for "tune confirm"',
  'not-root': 'without root sessions cannot be opened and tune’s own records cannot be read',
};

export function culpritText(culprit: Culprit): string {
  switch (culprit.kind) {
    case 'line':
      return `taken by ${placeText(culprit.at)}`;
    case 'cmdline':
      return 'taken by the kernel command line';
    case 'our-file':
      return `${culprit.path} is ${FILE_STATES[culprit.state]}`;
    case 'late-module':
      return `${culprit.module} is loaded after the files were applied`;
    case 'later-writers':
      return `written after the boot, perhaps by ${culprit.names.join(', ')}`;
    case 'written-since':
      return 'the files are right: somebody wrote it after they were applied';
    case 'never-applied':
      return 'tune never wrote it: see "tune plan"';
    case 'unknown':
      return 'no file says why';
  }
}

export function noteText(note: VerifyNote): string {
  switch (note.code) {
    case 'fewer-than-minimum':
      return `only ${grouped(note.connections)} connections were asked for: fewer than ${grouped(note.minimum)} prove little`;
    case 'below-goal':
      return `${grouped(note.connections)} connections are fewer than the goal of ${grouped(note.goal)}: the goal is not proven`;
    case 'profile-moved':
      return `${note.profile} asks for something else today than when it was applied: judged by what was applied (see "tune plan")`;
    case 'profile-gone':
      return `${note.profile} is not to be had any more (${note.why}): judged by what was applied`;
    case 'other-profile':
      return `applied was ${note.applied}, judged by ${note.judged}`;
    case 'own-limit-below-sessions':
      return `this shell may hold ${note.own} files and a new session of root ${note.session}: log in again and repeat it`;
  }
}
