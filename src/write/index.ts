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
export { appliedProfile, type History, history, unfinished } from './history.ts';
export { existingFiles } from './managed.ts';
export { confirm, type RollbackOptions, revertUnconfirmed, rollback } from './rollback.ts';
