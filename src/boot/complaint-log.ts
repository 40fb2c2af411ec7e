/** Complaints, bounded: a million malformed lines are one hundred complaints and a count. */
import { aboutFile, type Complaint } from './complaint.ts';

/** Of one kind in one file. */
const KEPT = 100;

export class ComplaintLog {
  readonly #kept: Complaint[] = [];
  readonly #counts = new Map<string, { count: number; first: Complaint }>();

  add(...complaints: readonly Complaint[]): void {
    for (const one of complaints) {
      const id = `${one.code}\0${one.file}`;
      const known = this.#counts.get(id);
      if (known === undefined) this.#counts.set(id, { count: 1, first: one });
      else known.count++;
      if ((known?.count ?? 1) <= KEPT) this.#kept.push(one);
    }
  }

  /** In the order they came, then one `and-more` for each kind that was cut short. */
  all(): readonly Complaint[] {
    const cut = [...this.#counts.values()].filter(({ count }) => count > KEPT);
    const more = cut.map(({ count, first }) =>
      aboutFile('and-more', first.severity, first.file, `${count - KEPT} ${first.code}`),
    );
    return [...this.#kept, ...more];
  }
}
