/** The first words of argv that start a part of this program and not a command for people. */

/** A soak's worker process, started by the coordinator over IPC. */
export const WORKER_WORD = 'soak-worker';
/** Waits, then puts an unconfirmed apply back. */
export const REVERT_WORD = 'revert-later';
