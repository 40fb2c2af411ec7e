/** One session under pam_limits: who a line is about, which line decides, and what the kernel takes. */
import type { ConfigLine } from '../model/snapshot.ts';
import { compareQuantity, type Quantity } from '../model/value.ts';
import { aboutLine, type ComplaintCode } from './complaint.ts';
import { ComplaintLog } from './complaint-log.ts';
import { isResource, itemValue, OTHER_ITEMS, RESOURCES, type Resource } from './limit-items.ts';
import { type Domain, type LimitsLine, readLimitsLine, splitLimits } from './limits-line.ts';
import type { LimitPair, PamContext, PamResult, PamVariant, SessionLimit, SessionUser } from './pam-types.ts';

/** LIMITS_DEF_*: a line decides unless one of a lower number decided before. */
const LEVEL = { user: 0, group: 1, allOfGroup: 2, all: 3, everyone: 4, kernel: 5, nobody: 6 } as const;

interface Slot {
  soft: Quantity;
  hard: Quantity;
  softLevel: number;
  hardLevel: number;
  softAt: ConfigLine | null;
  hardAt: ConfigLine | null;
}

export class Session {
  readonly complaints = new ComplaintLog();
  stoppedAt: ConfigLine | null = null;
  readonly #user: SessionUser;
  readonly #context: PamContext;
  readonly #variant: PamVariant;
  readonly #slots = new Map<Resource, Slot>();
  #logins: { value: bigint; level: number; at: ConfigLine } | null = null;

  constructor(user: SessionUser, context: PamContext, variant: PamVariant) {
    this.#user = user;
    this.#context = context;
    this.#variant = variant;
    for (const resource of RESOURCES) {
      const held = context.inherited[resource];
      if (held === undefined) continue;
      const init = variant.setAll ? context.init[resource] : undefined;
      const soft =
        init && resource === 'nofile' && compareQuantity(init.soft, 1024n) > 0 ? 1024n : init?.soft;
      const level = init === undefined ? LEVEL.nobody : LEVEL.kernel;
      this.#slots.set(resource, {
        soft: soft ?? held.soft,
        hard: init?.hard ?? held.hard,
        softLevel: level,
        hardLevel: level,
        softAt: null,
        hardAt: null,
      });
    }
  }

  /** False when a `DOMAIN -` line ends it: nothing is set then, whatever came before. */
  readFile(file: string, text: string): boolean {
    for (const { line, text: raw, continued } of splitLimits(this.#variant.release, text)) {
      const at = { file, line, text: raw };
      const meaning = readLimitsLine(this.#variant.release, raw);
      if (continued && meaning.kind !== 'nothing')
        this.complaints.add(aboutLine('line-split', 'warning', at));
      if (meaning.kind === 'malformed') this.complaints.add(aboutLine('invalid-line', 'warning', at));
      else if (meaning.kind === 'bad-range') this.complaints.add(aboutLine('invalid-range', 'warning', at));
      else if (meaning.kind === 'stop' && this.#stops(meaning.domain)) {
        this.stoppedAt = at;
        this.complaints.add(aboutLine('stops-all-limits', 'info', at));
        return false;
      } else if (meaning.kind === 'limit') this.#limit(meaning, at);
    }
    return true;
  }

  #limit(line: Extract<LimitsLine, { kind: 'limit' }>, at: ConfigLine): void {
    const { item, type, value, domain } = line;
    const complain = (code: ComplaintCode, detail: string) =>
      this.complaints.add(aboutLine(code, 'warning', at, detail));
    if (item === 'maxlogins' || item === 'maxsyslogins') this.#maxLogins(line, at);
    else if (!isResource(item)) {
      if (!(OTHER_ITEMS as readonly string[]).includes(item)) complain('unknown-item', item);
    } else if (type !== 'soft' && type !== 'hard' && type !== '-') complain('unknown-type', type);
    else {
      const parsed = itemValue(item, value, this.#context.nrOpen);
      if (parsed.kind === 'not-a-number') complain('not-a-number', value);
      else {
        if (parsed.oddity !== null) complain(parsed.oddity, `${value} = ${parsed.n}`);
        if (!domain.text.startsWith('%') || this.#spared) this.#decide(line, parsed.n, at);
        else complain('group-only-for-logins', domain.text);
      }
    }
  }

  /** The end of process_limit: the value stands unless a closer line has set it. */
  #decide({ item, type, domain }: Extract<LimitsLine, { kind: 'limit' }>, n: Quantity, at: ConfigLine): void {
    const level = this.#levelOf(domain);
    const slot = this.#slots.get(item);
    if (level === null || slot === undefined) return;
    if (type !== 'hard') {
      // For type `-` the module gives up on the hard limit too when a closer line holds the soft one.
      if (slot.softLevel < level) return;
      Object.assign(slot, { soft: n, softLevel: level, softAt: at });
    }
    if (type !== 'soft' && slot.hardLevel >= level) {
      Object.assign(slot, { hard: n, hardLevel: level, hardAt: at });
    }
  }

  /** Debian's root, whom no `*`, `@group` or `%group` line is about; ranges of uids are, whatever sign they carry. */
  get #spared(): boolean {
    return this.#variant.debian && this.#user.uid === 0;
  }

  /** Who a limit line is about, seen from this user: a level, or null when it is about others. */
  #levelOf(domain: Domain): number | null {
    const { uid, name } = this.#user;
    if (domain.text === name) return LEVEL.user;
    if (domain.text.startsWith('@') && !this.#spared) return this.#inGroup(domain) ? LEVEL.group : null;
    if (domain.range === 'none') return domain.text === '*' && !this.#spared ? LEVEL.everyone : null;
    return inRange(domain, uid) ? LEVEL.user : null;
  }

  /** Groups by name or exact number count all of the user's groups, ranges the primary one only. */
  #inGroup({ text, range, min, max }: Domain): boolean {
    const { groups, gid } = this.#user;
    if (range === 'none') return groups.some((g) => g.name === text.slice(1));
    if (range === 'exact') return groups.some((g) => g.gid === max);
    return inRange({ text, range, min, max }, gid);
  }

  #stops(domain: Domain): boolean {
    if (domain.text === this.#user.name) return true;
    if (domain.text.startsWith('@')) return this.#inGroup(domain);
    return domain.range !== 'none' && inRange(domain, this.#user.uid);
  }

  #maxLogins({ domain, item, value }: Extract<LimitsLine, { kind: 'limit' }>, at: ConfigLine): void {
    const forAll = domain.text.startsWith('%') && !this.#spared;
    if (forAll && item === 'maxsyslogins') return;
    const level = forAll ? this.#levelOfAll(domain) : this.#levelOf(domain);
    const match = /^[ \t\n\v\f\r]*[-+]?[0-9]+/.exec(value);
    const none = ['-', 'unlimited', 'infinity'].includes(value);
    const n = none ? -1n : match && BigInt(match[0].trim().replace('+', ''));
    if (level === null || n === null || (this.#logins !== null && this.#logins.level < level)) return;
    this.#logins = { value: n, level, at };
  }

  #levelOfAll(domain: Domain): number | null {
    if (domain.text === '%') return LEVEL.all;
    if (domain.range === 'from' || domain.range === 'between') return null;
    return this.#inGroup(domain) ? LEVEL.allOfGroup : null;
  }

  /** setup_limits. */
  apply(): PamResult {
    const limits: Partial<Record<Resource, SessionLimit>> = {};
    let refused: PamResult['refused'] = null;
    for (const [resource, slot] of this.#slots) {
      const held = this.#context.inherited[resource];
      if (held === undefined) continue;
      const untouched = { ...held, softAt: null, hardAt: null };
      const isSet = slot.softLevel !== LEVEL.nobody || slot.hardLevel !== LEVEL.nobody;
      if (!isSet) {
        limits[resource] = untouched;
        continue;
      }
      const { soft, hard, softAt, hardAt } = slot;
      const above = compareQuantity(soft, hard) > 0;
      if (above && softAt)
        this.complaints.add(aboutLine('soft-above-hard', 'warning', softAt, `${soft} > ${hard}`));
      const wanted = { soft: above ? hard : soft, hard, softAt, hardAt };
      if (this.#kernelTakes(resource, wanted, held)) {
        limits[resource] = wanted;
        continue;
      }
      limits[resource] = untouched;
      const at = hardAt ?? softAt;
      if (at)
        this.complaints.add(aboutLine('limit-refused', 'error', at, `${resource} ${wanted.soft} ${hard}`));
      if (!this.#variant.debian)
        refused ??= { reason: 'EPERM', file: at?.file ?? '', line: at?.line ?? null };
    }
    const files = limits.nofile;
    if (files && compareQuantity(files.soft, BigInt(this.#context.openFiles ?? 3)) <= 0) {
      const { softAt: at } = files;
      if (at) this.complaints.add(aboutLine('too-few-files', 'error', at, `${files.soft}`));
      refused ??= { reason: 'EMFILE', file: at?.file ?? '', line: at?.line ?? null };
    }
    if (this.#logins?.value === 0n && this.#user.uid !== 0) {
      const { at } = this.#logins;
      this.complaints.add(aboutLine('logins-refused', 'error', at));
      refused ??= { reason: 'maxlogins', file: at.file, line: at.line };
    }
    return { limits, refused, stoppedAt: null, complaints: this.complaints.all() };
  }

  /** Ends without setting anything. */
  end(refused: PamResult['refused']): PamResult {
    const limits: Partial<Record<Resource, SessionLimit>> = {};
    for (const [resource, held] of Object.entries(this.#context.inherited)) {
      if (held) limits[resource] = { ...held, softAt: null, hardAt: null };
    }
    return { limits, refused, stoppedAt: this.stoppedAt, complaints: this.complaints.all() };
  }

  /** prlimit(2): a hard limit is raised by the privileged only, and nofile by nobody above fs.nr_open. */
  #kernelTakes(resource: Resource, wanted: LimitPair, held: LimitPair): boolean {
    if (resource === 'nofile' && compareQuantity(wanted.hard, this.#context.nrOpen) > 0) return false;
    return this.#context.privileged || compareQuantity(wanted.hard, held.hard) <= 0;
  }
}

function inRange({ range, min, max }: Domain, id: number): boolean {
  if (range === 'exact') return id === max;
  return id >= min && (range === 'from' || id <= max);
}
