/**
 * What sessions are, in as few words as possible: what a server with real clocks, jobs and tables must agree with.
 *
 *   cache       used since the last refresh        collection   written by a refresh, removed 30 minutes later
 *   ending      to be removed by the next refresh  histories    the newest numbered write or commit of each session
 */
const sessionTimeoutMs = 30 * 60_000;
const historyLifetimeMs = 30 * 60_000;
export const transactionLifetimeMs = 60_000;

export interface History {
  readonly txnNumber: number;
  readonly kind: 'write' | 'commit';
  readonly lastWriteMs: number;
  /** `_id` of the document that the write inserted. */
  readonly documentId: number;
}

export interface OpenTransaction {
  readonly txnNumber: number;
  readonly startMs: number;
}

export class SessionModel {
  readonly cache = new Set<string>();
  readonly ending = new Set<string>();
  /** When each was last written. */
  readonly collection = new Map<string, number>();
  readonly histories = new Map<string, History>();
  readonly transactions = new Map<string, OpenTransaction>();
  /** The session of each open cursor. */
  readonly cursors = new Map<bigint, string>();
  readonly maxSessions: number;

  constructor(maxSessions: number) {
    this.maxSessions = maxSessions;
  }

  /** Whether there is room for it. */
  use(id: string): boolean {
    if (!this.cache.has(id) && this.cache.size >= this.maxSessions) return false;
    this.cache.add(id);
    return true;
  }

  kill(ids: ReadonlySet<string> | 'all'): void {
    const isKilled = (id: string): boolean => ids === 'all' || ids.has(id);
    for (const id of this.transactions.keys()) if (isKilled(id)) this.transactions.delete(id);
    for (const [cursor, id] of this.cursors) if (isKilled(id)) this.cursors.delete(cursor);
  }

  refresh(nowMs: number): void {
    for (const id of this.cache) if (!this.ending.has(id)) this.collection.set(id, nowMs);
    for (const id of this.ending) this.collection.delete(id);
    this.cache.clear();
    for (const [cursor, id] of this.cursors) {
      if (this.ending.has(id) || !this.collection.has(id)) this.cursors.delete(cursor);
    }
    this.ending.clear();
  }

  /** What the TTL monitor does. Answers how many it removed. */
  removeExpired(nowMs: number): number {
    let removed = 0;
    for (const [id, lastUseMs] of this.collection) {
      if (lastUseMs > nowMs - sessionTimeoutMs) continue;
      this.collection.delete(id);
      removed++;
    }
    return removed;
  }

  /** Ends transactions that are too old. */
  expireTransactions(nowMs: number): void {
    for (const [id, { startMs }] of this.transactions) {
      if (nowMs - startMs >= transactionLifetimeMs) this.transactions.delete(id);
    }
  }

  reap(nowMs: number): number {
    let reaped = 0;
    for (const [id, { lastWriteMs }] of this.histories) {
      if (lastWriteMs >= nowMs - historyLifetimeMs || this.collection.has(id)) continue;
      this.histories.delete(id);
      reaped++;
    }
    return reaped;
  }
}
