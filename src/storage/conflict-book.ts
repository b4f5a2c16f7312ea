/**
 * Who has written what: the book that makes the first updater win, at the statement.
 *
 *   claim ──► open claims ──► settle(sequence) ──► settled claims ──► pruned
 *               │                 commit              kept while a writer is open whose snapshot is older
 *               └──► withdraw: abort
 *
 * A statement may write a key when no other open transaction has claimed it and nobody committed it after the writer's
 * snapshot. Both are one look into a map. Two shortcuts keep the usual case free of charge:
 *
 * - A lone writer is not entered: while only one transaction has claims, its statements are merely remembered, and they
 *   are filed key by key when a second writer shows up.
 * - A commit is forgotten at once unless a transaction that may still write reads an older snapshot. Readers do not count.
 */
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { contestedName, type Key, type TableId, type Write } from './engine.ts';
import { type OpenSnapshot, OpenSnapshots } from './open-snapshots.ts';

/** One transaction that may write, as the book sees it. */
export interface Claimant {
  readonly owner: string | undefined;
  readonly snapshot: OpenSnapshot;
  /** The statements it has claimed keys for. */
  readonly statements: (readonly Write[])[];
  state: 'open' | 'settled' | 'withdrawn';
  /** The commit's sequence number once settled. */
  settledAt: number;
  /** Made when somebody lost against this transaction. */
  ended: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
}

/** Keys and who claimed them last. */
class Claims {
  readonly #tables = new Map<TableId, Map<Key, Claimant>>();

  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  /** Number of keys. */
  get size(): number {
    let size = 0;
    for (const claims of this.#tables.values()) size += claims.size;
    return size;
  }

  find(write: Write): Claimant | undefined {
    return this.#tables.get(write.table)?.get(write.key);
  }

  enter(claimant: Claimant, statement: readonly Write[]): void {
    for (const { table, key } of statement) {
      let claims = this.#tables.get(table);
      if (claims === undefined) {
        claims = new Map();
        this.#tables.set(table, claims);
      }
      claims.set(key, claimant);
    }
  }

  /** Removes the claimant's keys, except those that another has claimed since. */
  remove(claimant: Claimant): void {
    for (const statement of claimant.statements) {
      for (const { table, key } of statement) {
        const claims = this.#tables.get(table);
        if (claims?.get(key) !== claimant) continue;
        claims.delete(key);
        if (claims.size === 0) this.#tables.delete(table);
      }
    }
  }
}

/** Entries of a generation from which on it is worth having another. */
const generationEntries = 4096;

/**
 * Who committed each record last. In two generations, each of which is forgotten as a whole: the elder when the oldest
 * open snapshot contains all its commits, whereupon the younger takes its place. So nothing is searched for what has to
 * go, and records that are written again and again take no more room.
 */
class SettledClaims {
  #elder = new Claims();
  #elderEnd = 0;
  #younger = new Claims();
  #youngerEnd = 0;
  #entries = 0;

  get isEmpty(): boolean {
    return this.#younger.isEmpty && this.#elder.isEmpty;
  }

  get size(): number {
    return this.#younger.size + this.#elder.size;
  }

  find(write: Write): Claimant | undefined {
    return this.#younger.find(write) ?? this.#elder.find(write);
  }

  enter(claimant: Claimant): void {
    for (const statement of claimant.statements) {
      this.#younger.enter(claimant, statement);
      this.#entries += statement.length;
    }
    this.#youngerEnd = claimant.settledAt;
  }

  /** Forgets what the snapshot of this sequence contains, by generations. */
  prune(oldest: number): void {
    if (oldest >= this.#youngerEnd) {
      this.#elder = new Claims();
      this.#younger = new Claims();
      this.#entries = 0;
    } else if (oldest >= this.#elderEnd && this.#entries >= generationEntries) {
      this.#elder = this.#younger;
      this.#elderEnd = this.#youngerEnd;
      this.#younger = new Claims();
      this.#entries = 0;
    }
  }
}

export class ConflictBook {
  readonly #open = new Claims();
  readonly #settled = new SettledClaims();
  readonly #snapshots = new OpenSnapshots();
  /** The only transaction with claims, not entered under `#open`. */
  #lone: Claimant | undefined;
  /** Open transactions with claims. */
  #claiming = 0;
  #awaited = new Set<Claimant>();
  #conflicts = 0;

  /** How many statements lost so far. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /** Number of records whose last commit is remembered for the sake of open transactions. */
  get rememberedRecords(): number {
    return this.#settled.size;
  }

  /** Enters a transaction that may write and reads the state after commit `sequence`. */
  open(sequence: number, owner: string | undefined): Claimant {
    const snapshot = this.#snapshots.take(sequence);
    return { owner, snapshot, statements: [], state: 'open', settledAt: 0, ended: undefined };
  }

  /**
   * Claims the keys of a statement, all or none.
   * @throws MongoError WriteConflict when a key is claimed by another open transaction (`details.resolved` then resolves
   *   when that one has ended) or was committed after the claimant's snapshot.
   */
  claim(claimant: Claimant, statement: readonly Write[]): void {
    invariant(claimant.state === 'open', 'only an open transaction claims keys');
    if (!this.#settled.isEmpty) this.#requireUnchanged(claimant, statement);
    if (this.#claiming > 0 && this.#lone !== claimant) this.#requireUnclaimed(claimant, statement);
    if (claimant.statements.length === 0) {
      if (this.#claiming === 0) this.#lone = claimant;
      this.#claiming++;
    }
    claimant.statements.push(statement);
    if (this.#lone !== claimant) this.#open.enter(claimant, statement);
  }

  /** The transaction has committed as number `sequence`, which others can see from now on. */
  settle(claimant: Claimant, sequence: number): void {
    this.#leave(claimant, 'settled');
    claimant.settledAt = sequence;
    // Nobody claimed these keys meanwhile: whoever does reads a snapshot that contains this commit, or loses.
    if (claimant.statements.length > 0 && this.#snapshots.oldest !== undefined) {
      this.#settled.enter(claimant);
      // What was written is not remembered, only where.
      claimant.statements.length = 0;
    }
    this.#prune();
    claimant.ended?.resolve();
  }

  /** The transaction has ended without a commit. */
  withdraw(claimant: Claimant): void {
    this.#leave(claimant, 'withdrawn');
    this.#prune();
    claimant.ended?.resolve();
  }

  /** Tells everyone who waits for somebody else's end that the wait is over. For an engine that closes. */
  close(): void {
    for (const claimant of this.#awaited) claimant.ended?.resolve();
    this.#awaited.clear();
  }

  #leave(claimant: Claimant, state: 'settled' | 'withdrawn'): void {
    invariant(claimant.state === 'open', 'a transaction ends once');
    claimant.state = state;
    this.#snapshots.release(claimant.snapshot);
    this.#awaited.delete(claimant);
    if (claimant.statements.length === 0) return;
    this.#claiming--;
    if (this.#lone === claimant) this.#lone = undefined;
    else this.#open.remove(claimant);
  }

  #requireUnchanged(claimant: Claimant, statement: readonly Write[]): void {
    for (const write of statement) {
      const winner = this.#settled.find(write);
      if (winner !== undefined && winner.settledAt > claimant.snapshot.sequence) {
        this.#conflicts++;
        throw new MongoError('WriteConflict', conflictText(winner, 'has changed a record of this statement since'), {
          contested: contestedName(write),
        });
      }
    }
  }

  #requireUnclaimed(claimant: Claimant, statement: readonly Write[]): void {
    if (this.#lone !== undefined) {
      for (const claimed of this.#lone.statements) this.#open.enter(this.#lone, claimed);
      this.#lone = undefined;
    }
    for (const write of statement) {
      const winner = this.#open.find(write);
      if (winner !== undefined && winner !== claimant) {
        this.#conflicts++;
        const resolved = this.#endOf(winner);
        throw new MongoError('WriteConflict', conflictText(winner, 'is changing a record of this statement'), {
          contested: contestedName(write),
          resolved,
        });
      }
    }
  }

  #endOf(claimant: Claimant): Promise<void> {
    if (claimant.ended === undefined) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((resolvePromise) => {
        resolve = resolvePromise;
      });
      claimant.ended = { promise, resolve };
      this.#awaited.add(claimant);
    }
    return claimant.ended.promise;
  }

  /** Forgets the commits that every open writer's snapshot contains. */
  #prune(): void {
    if (!this.#settled.isEmpty) this.#settled.prune(this.#snapshots.oldest?.sequence ?? Number.POSITIVE_INFINITY);
  }
}

function conflictText(winner: Claimant, deed: string): string {
  return `Write conflict: ${winner.owner ?? 'another operation'} ${deed}. Please retry your operation or multi-document transaction.`;
}
