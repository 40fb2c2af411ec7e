/** The files that the proofs are kept in: the record, the page made from it, and the README's table. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NO_PROOFS, type Proof, type ProofRecord, parseRecord, withProof } from './proof.ts';
import { renderPage, renderTable, withTable } from './render.ts';

export const RECORD = 'docs/evidence/proofs.json';
export const PAGE = 'docs/evidence/proofs.md';
export const README = 'README.md';

export function readRecord(): ProofRecord {
  return existsSync(RECORD) ? parseRecord(readFileSync(RECORD, 'utf8')) : NO_PROOFS;
}

/** Keeps a run, and renders everything anew. */
export function addProof(proof: Proof): void {
  const record = withProof(readRecord(), proof);
  mkdirSync(dirname(RECORD), { recursive: true });
  writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
  writePages();
}

export function writePages(): void {
  const record = readRecord();
  writeFileSync(PAGE, renderPage(record));
  writeFileSync(README, withTable(readFileSync(README, 'utf8'), renderTable(record)));
}
