/** Everything that a server and its commands do with sessions, beside running in them: one object per server. */
import type { Action } from '../auth/action.ts';
import { clusterResource } from '../auth/resource.ts';
import { Binary } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Timer } from '../clock/clock.ts';
import { randomUuid } from '../clock/randomness.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { MaybePromise } from '../storage/engine.ts';
import { Gate } from './gate.ts';
import { parseSessionId } from './generic-field.ts';
import { KillFilter } from './kill-filter.ts';
import { LiveOperation } from './live-operation.ts';
import { displayName, noOwner, Owner, ownerNamed, ownerOf, SessionId, sessionIdOf } from './logical-session-id.ts';
import { type ClientConnection, isSameUser, type Operation } from './operation.ts';
import {
  cacheStatistics,
  idleTransaction,
  localSession,
  transactionDocument,
  transactionStatistics,
} from './session-listing.ts';
import { type SessionConnections, type SessionOptions, SessionParts } from './session-parts.ts';
import type { SessionRecord } from './session-table.ts';
import { requireSession } from './statement-entry.ts';

/** How often expired transactions and old snapshots are looked for, in milliseconds. */
const expiryCheckMs = 1000;

/** A pattern of killAllSessionsByPattern; an empty one means everything. */
export interface SessionPattern {
  readonly lsid: { readonly id: Buffer; readonly uid: Buffer } | undefined;
  readonly uid: Buffer | undefined;
  /** Users or roles that the kill is to be carried out as; they select nothing, but need a right of their own. */
  readonly users?: unknown;
  readonly roles?: unknown;
}

/** Whose sessions a listing asks for; neither means one's own. */
export interface ListedUsers {
  readonly allUsers: boolean;
  readonly users: readonly { readonly user: string; readonly db: string }[];
}

export class SessionService {
  readonly parts: SessionParts;
  readonly gate: Gate;
  #timers: Timer[] = [];

  constructor(options: SessionOptions) {
    this.parts = new SessionParts(options);
    this.gate = new Gate(this.parts);
  }

  /** Gives sessions what only exists after them: their collections, the cursors. */
  connect(connections: SessionConnections): void {
    this.parts.connect(connections);
  }

  /** Goes on where an earlier run of the server stopped. To be awaited before the first command. */
  async open(): Promise<void> {
    await this.parts.lease.open();
  }

  /** Starts the jobs: refresh and reap unless that is turned off, and the ends of transactions and snapshots. */
  start(): void {
    const { clock, parameters } = this.parts.options;
    this.#timers.push(clock.every(expiryCheckMs, () => this.expire()));
    if (parameters.get('disableLogicalSessionCacheRefresh')) return;
    const job = (name: string, run: () => Promise<void>) => (): void => {
      run().catch((error: unknown) => this.parts.log.warn({ error }, `${name} failed; it is tried again`));
    };
    const periodMs = parameters.get('logicalSessionRefreshMillis');
    this.#timers.push(
      clock.every(
        periodMs,
        job('the refresh of sessions', () => this.refreshNow()),
      ),
      clock.every(
        periodMs,
        job('the reaping of sessions', () => this.reapNow()),
      ),
    );
  }

  /** Stops the jobs and aborts what is open. No command may run any more. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) timer.cancel();
    for (const session of [...this.parts.catalog.open]) {
      if (session.holder === undefined) this.parts.entry.abort(session, 'the server is shutting down');
    }
    this.parts.snapshots.releaseAll();
    await this.parts.lease.close();
  }

  /** Aborts transactions that are past their lifetime and lets go of old snapshots. */
  expire(): void {
    const { catalog, entry, snapshots } = this.parts;
    for (const session of [...catalog.open]) {
      if (session.state.kind !== 'inProgress' || !session.state.transaction.isExpired) continue;
      const { transaction } = session.state;
      const seconds = Math.round((transaction.expiryMs - transaction.startMs) / 1000);
      const reason = `it was open for more than ${seconds} seconds (transactionLifetimeLimitSeconds)`;
      entry.abortWhenIdle(
        session,
        reason,
        () =>
          new MongoError(
            'TransactionExceededLifetimeLimitSeconds',
            `operation was interrupted: its transaction ended, as ${reason}`,
          ),
      );
    }
    snapshots.releaseOld();
  }

  /** A new session of the operation's user. @throws MongoError TooManyLogicalSessions, Unauthorized. */
  startSession(operation: Operation): { readonly id: Binary; readonly timeoutMinutes: number } {
    const { cache, options } = this.parts;
    const uuid = randomUuid(options.randomness);
    cache.vivify(SessionId.read(uuid, 0, this.#requireOwner(operation.client)), operation.client, 'startSession');
    return {
      id: new Binary(uuid, Binary.SUBTYPE_UUID),
      timeoutMinutes: options.parameters.get('localLogicalSessionTimeoutMinutes'),
    };
  }

  /** Stamps these sessions, and makes those that are unknown. */
  refreshSessions(operation: Operation, lsids: readonly BsonDocument[]): void {
    for (const { lsid } of this.#parseIds(operation, lsids, 'refreshSessions')) {
      this.parts.cache.vivify(lsid, operation.client, 'refreshSessions');
    }
  }

  /** Marks these sessions to go with the next refresh. */
  endSessions(operation: Operation, lsids: readonly BsonDocument[]): void {
    const parsed = this.#parseIds(operation, lsids, 'endSessions');
    if (parsed.some(({ isChild }) => isChild)) {
      throw new MongoError('InvalidOptions', 'endSessions cannot specify internal sessions');
    }
    for (const { lsid } of parsed) this.parts.cache.end(lsid);
  }

  /** Ends what runs, is open or lies idle in these sessions; with none, in all of the user's (or all, without access control). */
  killSessions(operation: Operation, lsids: readonly BsonDocument[]): void {
    const filter = new KillFilter();
    const owner = this.#requireOwner(operation.client);
    if (lsids.length > 0) {
      for (const { lsid } of this.#parseIds(operation, lsids, 'killSessions')) filter.addSession(lsid);
    } else if (this.parts.options.authority.isEnforced) filter.addOwner(owner);
    else filter.addEverything();
    this.#kill(filter, operation.client);
  }

  /** As `killSessions`, for all sessions of these users; with none, of everybody. */
  killAllSessions(operation: Operation, users: readonly { readonly user: string; readonly db: string }[]): void {
    const filter = new KillFilter();
    if (users.length === 0) filter.addEverything();
    for (const { user, db } of users) filter.addOwner(ownerNamed(user, db));
    this.#kill(filter, operation.client);
  }

  /** As `killSessions`, for all that any of these patterns means; with none, everything. */
  killAllSessionsByPattern(operation: Operation, patterns: readonly SessionPattern[]): void {
    const filter = new KillFilter();
    const isImpersonating = patterns.some(({ users, roles }) => users !== undefined || roles !== undefined);
    if (
      isImpersonating &&
      !this.parts.options.authority.isAuthorized(operation.client, 'impersonate', clusterResource)
    ) {
      throw new MongoError('Unauthorized', 'not authorized to impersonate users or roles');
    }
    if (patterns.length === 0) filter.addEverything();
    for (const { lsid, uid } of patterns) {
      if (lsid !== undefined) filter.addSession(SessionId.read(lsid.id, 0, new Owner(lsid.uid)));
      else if (uid !== undefined) filter.addOwner(new Owner(uid));
      else filter.addEverything();
    }
    this.#kill(filter, operation.client);
  }

  /** Commits the operation's transaction, or says again that it was committed. @throws MongoError CommandFailed outside one. */
  commitTransaction(operation: Operation): MaybePromise<void> {
    const own = live(operation);
    requireSession(own);
    return this.parts.entry.commit(own);
  }

  /** Aborts the operation's transaction. @throws MongoError CommandFailed outside one. */
  abortTransaction(operation: Operation): void {
    const own = live(operation);
    this.parts.entry.abort(requireSession(own), 'the client aborted it');
  }

  /** Runs the refresh job at once (`session-refresh.ts`). */
  refreshNow(): Promise<void> {
    return this.parts.refresh.run();
  }

  /** Runs the reap job at once (`session-reap.ts`). */
  reapNow(): Promise<void> {
    return this.parts.reap.run();
  }

  /** Sets a fail point; answers how often it was entered. */
  configureFailPoint(name: string, mode: Value | undefined, data: BsonDocument | undefined): number {
    return this.parts.failPoints.configure(name, mode, data);
  }

  /**
   * Interrupts a running operation; answers whether there is one with this number.
   * @throws MongoError Unauthorized where it is not the user's own and that user has no right to `killop`.
   */
  killOperation(operation: Operation, id: number): boolean {
    const victim = this.parts.operations.find(id);
    const isOwn = victim !== undefined && isSameUser(victim.client.user, operation.client.user);
    if (!isOwn && !this.parts.options.authority.isAuthorized(operation.client, 'killop', clusterResource)) {
      throw new MongoError('Unauthorized', 'not authorized to kill the operations of other users');
    }
    victim?.interrupt(new MongoError('Interrupted', `operation was interrupted by killOp of ${who(operation.client)}`));
    return victim !== undefined;
  }

  /** The sessions in the cache of this node, in no particular order. */
  localSessions(): IterableIterator<[SessionId, SessionRecord]> {
    return this.parts.cache.entries();
  }

  /**
   * Whose sessions a listing shows: digests of owners, or undefined for everybody's (reference 3.1, 3.2).
   * @throws MongoError Unauthorized for those of others without `listSessions`; UnsupportedFormat where both are named.
   */
  listedOwners(operation: Operation, { allUsers, users }: ListedUsers): readonly Buffer[] | undefined {
    const { authority } = this.parts.options;
    if (allUsers && users.length > 0) {
      throw new MongoError('UnsupportedFormat', '$listSessions allUsers and users are mutually exclusive');
    }
    const own = authority.isEnforced ? this.#requireOwner(operation.client) : noOwner;
    const owners = users.length === 0 ? [own] : users.map(({ user, db }) => ownerNamed(user, db));
    const isOwn = !allUsers && owners.every((owner) => owner.equals(own));
    if (!isOwn && !authority.isAuthorized(operation.client, 'listSessions', clusterResource)) {
      throw new MongoError('Unauthorized', 'not authorized to list the sessions of other users');
    }
    return allUsers ? undefined : owners.map(({ uid }) => uid);
  }

  /** The documents of $listLocalSessions, for these owners or for everybody. */
  *listLocalSessions(owners: readonly Buffer[] | undefined, hasDetails: boolean): IterableIterator<BsonDocument> {
    const shown = owners === undefined ? undefined : new Set(owners.map((uid) => uid.toString('latin1')));
    for (const [id, record] of this.parts.cache.entries()) {
      if (shown === undefined || shown.has(id.owner.key)) yield localSession(id, record, hasDetails);
    }
  }

  /** Open transactions that no statement runs in, as $currentOp with idleSessions shows them. */
  idleTransactions(isShown: (id: SessionId) => boolean): BsonDocument[] {
    const idle: BsonDocument[] = [];
    for (const session of this.parts.catalog.open) {
      if (session.holder !== undefined || session.state.kind !== 'inProgress' || !isShown(session.id)) continue;
      idle.push(idleTransaction(session, session.state.transaction));
    }
    return idle;
  }

  /** The `transaction` field that $currentOp shows of a running operation; undefined outside transactions. */
  transactionOf(operation: Operation): BsonDocument | undefined {
    const state = live(operation).session?.state;
    return state?.kind === 'inProgress' ? transactionDocument(state.transaction) : undefined;
  }

  /** serverStatus.logicalSessionRecordCache. */
  cacheStatistics(): BsonDocument {
    return cacheStatistics(this.parts);
  }

  /** serverStatus.transactions. */
  transactionStatistics(): BsonDocument {
    return transactionStatistics(this.parts);
  }

  #kill(filter: KillFilter, by: ClientConnection): void {
    const { catalog, entry, operations, cursors, options, log } = this.parts;
    const at = new Date(options.clock.nowMs()).toISOString();
    const reason = `its session was killed by ${who(by)} at ${at}`;
    const interruption = (): MongoError => new MongoError('Interrupted', `operation was interrupted: ${reason}`);
    // Transactions first: what waits for their locks can then end by itself.
    for (const session of [...catalog.open]) {
      if (filter.matches(session.id)) entry.abortWhenIdle(session, reason, interruption);
    }
    const killed = operations.interrupt(({ lsid }) => lsid !== undefined && filter.matches(lsid), interruption);
    let closed = 0;
    for (const lsid of cursors.sessions()) {
      if (filter.matches(sessionIdOf(lsid))) closed += cursors.killForSession(lsid, reason);
    }
    log.info({ by: who(by), operations: killed, cursors: closed }, 'killed sessions');
  }

  #requireOwner(client: ClientConnection): Owner {
    if (!this.parts.options.authority.isEnforced) return noOwner;
    if (client.user !== undefined) return ownerOf(client.user);
    throw new MongoError('Unauthorized', 'there are no users authenticated');
  }

  #parseIds(
    operation: Operation,
    documents: readonly BsonDocument[],
    command: string,
  ): { readonly lsid: SessionId; readonly isChild: boolean }[] {
    const { authority } = this.parts.options;
    const owner = this.#requireOwner(operation.client);
    const actions: readonly Action[] = command === 'killSessions' ? ['impersonate', 'killAnySession'] : ['impersonate'];
    return documents.map((document, index) => {
      const parsed = parseSessionId(document, `${command}.${index}`, owner);
      const isOwn = parsed.lsid.owner.equals(owner);
      if (isOwn || actions.some((action) => authority.isAuthorized(operation.client, action, clusterResource)))
        return parsed;
      throw new MongoError('Unauthorized', `not authorized to name the session ${parsed.lsid} of another user`);
    });
  }
}

/** The operation that the gate made. */
function live(operation: Operation): LiveOperation {
  invariant(operation instanceof LiveOperation, 'operations come from the gate');
  return operation;
}

function who(client: ClientConnection): string {
  return client.user === undefined ? client.remoteAddress : displayName(client.user);
}
