/** The only part of tune that changes a machine. */
export type {
  ApplyResult,
  ConfirmResult,
  Failure,
  HistoryEntry,
  RollbackResult,
  Unfinished,
} from '../model/outcome.ts';
export { type ApplyOptions, apply } from './apply.ts';
export type { ConfirmRequest } from './confirm-watch.ts';
export { type EmitResult, emit } from './emit.ts';
export { guardInput } from './guard.ts';
export { allJournals, appliedProfile, type History, history, unfinished } from './history.ts';
export type { Journals } from './journal.ts';
export { judge } from './knobs.ts';
export { existingFiles } from './managed.ts';
export { listReports, pathOf as reportPath, readReport, type SavedReport, saveReport } from './reports.ts';
export { confirm, type RollbackOptions, revertUnconfirmed, rollback } from './rollback.ts';
export { openFilesOf, openService, openSessions } from './session.ts';
