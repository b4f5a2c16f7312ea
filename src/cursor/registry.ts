/**
 * The open cursors of a server: the one place where they are made, found, lent to a getMore and closed.
 *
 *              register                 pin                         unpin
 *   (stream) ───────────► idle ───────────────────► inUse ──────────────────────► idle
 *                          │ kill, timeout, session     │ kill: the operation is      │ exhausted, failed,
 *                          ▼ ended, transaction over    ▼ told, then                  ▼ killed meanwhile
 *                        closed ◄───────────────────────┴──────────────────────────closed
 *
 * A closed cursor is remembered for a while with the reason, so that CursorNotFound can say why.
 */
import type { BsonDocument } from '../bson/value.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import { type AuthenticatedUser, isSameUser, type LogicalSessionId, type Operation } from '../session/operation.ts';
import { type Cursor, type CursorOwner, checkSameSession } from './cursor.ts';
import { CursorQuota } from './cursor-quota.ts';
import type { ResultStream } from './stream.ts';

/** Closed cursors whose reason is still known. */
const rememberedReasons = 10_000;

export interface CursorOptions {
  readonly namespace: string;
  readonly command: BsonDocument;
  readonly owner: CursorOwner;
  readonly isImmortal?: boolean;
  readonly tailable?: Cursor['tailable'];
  readonly timeLeftMs?: number;
  readonly apiParameters?: string;
}

export interface CursorCounts {
  readonly open: number;
  readonly pinned: number;
  readonly immortal: number;
  /** Closed for idleness since the start. */
  readonly timedOut: number;
}

export interface CursorRegistryOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly parameters: ParameterStore;
  /** With access control a cursor is for the user alone who opened it. */
  readonly hasOwners: boolean;
  /** Stops an operation that is serving a getMore (11601). */
  readonly interrupt: (operation: Operation, reason: string) => void;
}

export class CursorRegistry {
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #parameters: ParameterStore;
  readonly #hasOwners: boolean;
  readonly #interrupt: (operation: Operation, reason: string) => void;
  readonly #cursors = new Map<bigint, Cursor>();
  readonly #bySession = new Map<string, Set<Cursor>>();
  readonly #quota: CursorQuota;
  readonly #reasons = new Map<bigint, string>();
  #timedOut = 0;
  #opened = 0;

  constructor({ clock, randomness, parameters, hasOwners, interrupt }: CursorRegistryOptions) {
    this.#clock = clock;
    this.#randomness = randomness;
    this.#parameters = parameters;
    this.#quota = new CursorQuota(parameters);
    this.#hasOwners = hasOwners;
    this.#interrupt = interrupt;
  }

  /**
   * Keeps a stream for later getMores and answers the cursor. Throws ResourceExhausted, having closed the stream, where its
   * owner has too many.
   */
  register(stream: ResultStream, options: CursorOptions): Cursor {
    try {
      this.#quota.take(options.owner);
    } catch (thrown) {
      stream.close();
      throw thrown;
    }
    const nowMs = this.#clock.nowMs();
    const cursor: Cursor = {
      id: this.#freshId(),
      namespace: options.namespace,
      owner: options.owner,
      stream,
      command: options.command,
      createdMs: nowMs,
      isImmortal: options.isImmortal ?? false,
      tailable: options.tailable ?? 'no',
      timeLeftMs: options.timeLeftMs ?? Number.POSITIVE_INFINITY,
      apiParameters: options.apiParameters ?? '',
      state: { kind: 'idle', sinceMs: this.#clock.monotonicMs() },
      lastAccessMs: nowMs,
      documentsReturned: 0,
      batchesReturned: 1,
    };
    this.#cursors.set(cursor.id, cursor);
    this.#opened++;
    const session = cursor.owner.lsid?.key;
    if (session !== undefined) {
      const cursors = this.#bySession.get(session);
      if (cursors === undefined) this.#bySession.set(session, new Set([cursor]));
      else cursors.add(cursor);
    }
    return cursor;
  }

  /**
   * Lends a cursor to a getMore. Throws CursorNotFound (with the reason where it is known), Unauthorized for somebody
   * else's cursor or another namespace, 50736 to 50741 for another session or transaction, CursorInUse as 12051.
   */
  pin(id: bigint, namespace: string, operation: Operation): Cursor {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) throw this.#notFound(id);
    if (this.#hasOwners && !isSameUser(cursor.owner.user, operation.client.user)) {
      throw new MongoError('Unauthorized', `cursor id ${id} was not created by the authenticated user`);
    }
    if (cursor.namespace !== namespace) {
      throw new MongoError(
        'Unauthorized',
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    checkSameSession(cursor, operation);
    if (cursor.state.kind === 'inUse') {
      throw new MongoError(
        'Location12051',
        `cursor id ${id} is already in use by operation ${cursor.state.operation.id}`,
      );
    }
    cursor.state = { kind: 'inUse', operation, killReason: undefined };
    return cursor;
  }

  /** Takes a cursor back. One that was killed meanwhile, or that is done, is closed. */
  unpin(cursor: Cursor, outcome: 'more' | 'done'): void {
    const state = cursor.state;
    if (state.kind !== 'inUse') return;
    if (outcome === 'done' || state.killReason !== undefined) {
      this.#close(cursor, state.killReason);
      return;
    }
    cursor.lastAccessMs = this.#clock.nowMs();
    cursor.batchesReturned++;
    cursor.state = { kind: 'idle', sinceMs: this.#clock.monotonicMs() };
  }

  /** The cursor with this number, for those who only look. */
  find(id: bigint): Cursor | undefined {
    return this.#cursors.get(id);
  }

  /** Closes a cursor, or has the getMore that it serves stopped first. Answers whether there was one. */
  kill(id: bigint, reason: string): boolean {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) return false;
    if (cursor.state.kind === 'inUse') {
      cursor.state = { ...cursor.state, killReason: reason };
      this.#interrupt(cursor.state.operation, reason);
    } else {
      this.#close(cursor, reason);
    }
    return true;
  }

  /** Closes all cursors of a session; answers how many. */
  killForSession(lsid: LogicalSessionId, reason: string): number {
    const cursors = this.#bySession.get(lsid.key);
    if (cursors === undefined) return 0;
    let killed = 0;
    for (const cursor of [...cursors]) if (this.kill(cursor.id, reason)) killed++;
    return killed;
  }

  /** Closes the cursors of one transaction, which end with it. */
  killForTransaction(lsid: LogicalSessionId, txnNumber: bigint, reason: string): void {
    for (const cursor of [...(this.#bySession.get(lsid.key) ?? [])]) {
      if (cursor.owner.txnNumber === txnNumber) this.kill(cursor.id, reason);
    }
  }

  /** Closes all cursors of a user; answers how many. */
  killForUser(user: AuthenticatedUser, reason: string): number {
    let killed = 0;
    for (const cursor of [...this.#cursors.values()]) {
      if (isSameUser(cursor.owner.user, user) && this.kill(cursor.id, reason)) killed++;
    }
    return killed;
  }

  /** Sessions that own a cursor here. */
  sessions(): LogicalSessionId[] {
    const found: LogicalSessionId[] = [];
    for (const cursors of this.#bySession.values()) {
      for (const { owner } of cursors) {
        if (owner.lsid !== undefined) found.push(owner.lsid);
        break;
      }
    }
    return found;
  }

  all(): IterableIterator<Cursor> {
    return this.#cursors.values();
  }

  /** Closes cursors that idled past cursorTimeoutMillis; those of sessions live as long as their session (reference 4.8). */
  closeIdle(): void {
    const timeoutMs = this.#parameters.get('cursorTimeoutMillis');
    const includesSessions = this.#parameters.get('enableTimeoutOfInactiveSessionCursors');
    const nowMs = this.#clock.monotonicMs();
    for (const cursor of [...this.#cursors.values()]) {
      if (cursor.state.kind !== 'idle' || cursor.isImmortal) continue;
      if (cursor.owner.lsid !== undefined && !includesSessions) continue;
      if (nowMs - cursor.state.sinceMs < timeoutMs) continue;
      this.#timedOut++;
      this.#close(cursor, `it was idle for more than ${timeoutMs / 1000} seconds (cursorTimeoutMillis)`);
    }
  }

  /** Closes everything; for shutdown. */
  closeAll(): void {
    for (const cursor of [...this.#cursors.values()]) this.kill(cursor.id, 'the server is shutting down');
  }

  counts(): CursorCounts & { readonly opened: number } {
    let pinned = 0;
    let immortal = 0;
    for (const cursor of this.#cursors.values()) {
      if (cursor.state.kind === 'inUse') pinned++;
      if (cursor.isImmortal) immortal++;
    }
    return { open: this.#cursors.size, pinned, immortal, timedOut: this.#timedOut, opened: this.#opened };
  }

  #notFound(id: bigint): MongoError {
    const reason = this.#reasons.get(id);
    return new MongoError('CursorNotFound', `cursor id ${id} not found${reason === undefined ? '' : `: ${reason}`}`);
  }

  #close(cursor: Cursor, reason: string | undefined): void {
    invariant(cursor.state.kind !== 'closed', `cursor ${cursor.id} is closed once`);
    cursor.state = { kind: 'closed' };
    this.#cursors.delete(cursor.id);
    this.#quota.giveBack(cursor.owner);
    const session = cursor.owner.lsid?.key;
    if (session !== undefined) {
      const cursors = this.#bySession.get(session);
      cursors?.delete(cursor);
      if (cursors?.size === 0) this.#bySession.delete(session);
    }
    if (reason !== undefined) {
      this.#reasons.set(cursor.id, reason);
      const oldest = this.#reasons.keys().next();
      if (this.#reasons.size > rememberedReasons && !oldest.done) this.#reasons.delete(oldest.value);
    }
    cursor.stream.close();
  }

  #freshId(): bigint {
    for (;;) {
      const id = this.#randomness.bytes(8).readBigUInt64LE() & 0x7fffffffffffffffn;
      if (id !== 0n && !this.#cursors.has(id)) return id;
    }
  }
}
