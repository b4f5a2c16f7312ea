/**
 * What a command gets to work with. The gate makes one `Operation` per command out of the message, the connection and
 * the command's policy; the command does all its storage work through it and never asks whether it runs alone, as a
 * retryable statement or inside a transaction.
 *
 *                       plain                    retryable                         transaction
 *   read(work)          newest (or pinned)       newest                            the transaction's snapshot
 *   write(work)         begin, work, commit;     as plain                          work inside the transaction;
 *                       again on WriteConflict                                     WriteConflict ends it
 *   runStatements       as write                 recorded outcome, or write and    as write
 *                                                record in the same transaction
 */

import type { Right } from '../auth/resource.ts';
import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { ReadConcern } from './read-concern.ts';
import type { WriteConcern } from './write-concern.ts';

/** The connection that a command came in on, as far as operations, sessions and currentOp know it. */
export interface ClientConnection {
  readonly id: number;
  /** `address:port` of the peer. */
  readonly remoteAddress: string;
  /** The address and port that the server was reached at. */
  readonly localAddress: string;
  /** `client` document of the handshake, once hello brought it. */
  metadata: BsonDocument | undefined;
  /** `client.application.name` of the handshake. */
  appName: string | undefined;
  /** Who is logged in. */
  user: AuthenticatedUser | undefined;
  /** Subject (RFC 2253) of the valid certificate that the client brought over TLS; undefined where there is none. */
  readonly certificateSubject?: string | undefined;
  /** The connection is encrypted. Default: it is not. */
  readonly isEncrypted?: boolean;
}

/** Somebody who proved who they are. */
export interface AuthenticatedUser {
  readonly name: string;
  readonly database: string;
  /** Tells users apart who had the same name one after the other. */
  readonly id?: string;
}

/** Whether two connections are somebody's own: the same user on both, or nobody on either. */
export function isSameUser(left: AuthenticatedUser | undefined, right: AuthenticatedUser | undefined): boolean {
  return left?.name === right?.name && left?.database === right?.database;
}

/** A logical session's full name: the client's UUID and the digest of its owner (reference 1.1, 1.2). */
export interface LogicalSessionId {
  /** 16 bytes. */
  readonly id: Buffer;
  /** 32 bytes. */
  readonly uid: Buffer;
  /** Both as one string; equal strings, equal sessions. For map keys. */
  readonly key: string;
}

export type { ReadConcern, WriteConcern };

/** How this operation's writes are bound: free, to a (session, txnNumber, statement), or to an open transaction. */
export type OperationMode = 'plain' | 'retryable' | 'transaction';

/** What the history of a session keeps of a statement that wrote something (reference 6.4). */
export interface ExecutedStatement {
  readonly kind: 'insert' | 'update' | 'upsert' | 'delete';
  /** For an upsert the `_id` of the new document. */
  readonly upsertedId?: Value;
  /** For findAndModify the document that its reply showed, and whether it was the one before or after the change. */
  readonly image?: { readonly kind: 'preImage' | 'postImage'; readonly document: BsonDocument };
}

/** Statements of a write command that share one storage transaction. */
export interface StatementGroup<T> {
  /** Position of the first statement in the command's batch, and how many follow it in this group. */
  readonly firstIndex: number;
  readonly count: number;
  /**
   * Runs the statements at these positions of the batch, in order, and answers one result each; fewer when an ordered
   * batch stops early. A statement's own failure (a duplicate key) is a result, not a throw; a throw ends the command.
   * May run again after a write conflict, always on a fresh transaction.
   */
  run(transaction: StorageTransaction, indexes: readonly number[]): MaybePromise<T[]>;
  /** What a retry needs to know of a result; undefined when the statement wrote nothing and may run again. */
  record(result: T): ExecutedStatement | undefined;
  /** The result that a statement of an earlier attempt had. Throws where the kinds do not agree (406xx). */
  replay(executed: ExecutedStatement, index: number): T;
}

export interface Operation {
  /** Number of the operation in this process, as currentOp shows it and killOp takes it. */
  readonly id: number;
  readonly commandName: string;
  readonly database: string;
  readonly client: ClientConnection;
  readonly mode: OperationMode;
  readonly lsid: LogicalSessionId | undefined;
  readonly txnNumber: bigint | undefined;
  readonly readConcern: ReadConcern;
  readonly writeConcern: WriteConcern;
  /** maxTimeMS of the command; 0 is none. */
  readonly maxTimeMs: number;
  readonly comment: Value | undefined;
  /** What its user was allowed to do for it to run; empty while access control is off. What it leaves open asks for them again. */
  readonly rights: readonly Right[];
  /** Wall clock at the start, for $$NOW and currentOp. */
  readonly startMs: number;
  /** stmtIds of the command: one for each statement. */
  readonly statementIds: readonly number[] | undefined;
  /** Statement ids that were answered from history, in order; the reply's retriedStmtIds. */
  readonly retriedStatementIds: readonly number[];
  /**
   * The newest change of collections and indexes that the snapshot contains which this operation keeps reading: that of
   * its transaction or of an earlier time. undefined where each read has the newest state.
   */
  readonly shapeVersion: number | undefined;
  /** For a snapshot read: the cluster time that the reply hands out. */
  readonly atClusterTime: Timestamp | undefined;

  /** Throws Interrupted, MaxTimeMSExpired, … when the operation should stop. Cheap; call it between batches. */
  checkInterrupt(): void;
  /** Resolves when the operation is interrupted, for those who wait on something else (an awaitData cursor). */
  whenInterrupted(): Promise<void>;
  /** What is left of maxTimeMS; infinite where there is none. */
  readonly timeLeftMs: number;
  /** Ends the operation after this time at the latest, as maxTimeMS would: a getMore has what its cursor has left. */
  limitTime(limitMs: number): void;
  /** From now on maxTimeMS does not end the operation: the command takes it as something else (how long getMore awaits data). */
  ignoreDeadline(): void;
  /**
   * For getMore on a cursor of a snapshot read: reads from now on see the state that was handed out under this time.
   * Throws SnapshotTooOld when that is no longer kept.
   */
  resumeSnapshot(atClusterTime: Timestamp): void;
  /** Runs read-only work on a snapshot that is released afterwards (or on the open transaction's). */
  read<T>(work: (transaction: StorageTransaction) => MaybePromise<T>): MaybePromise<T>;
  /** Runs work in one storage transaction and commits it as the write concern asks; again after a write conflict. */
  write<T>(work: (transaction: StorageTransaction) => MaybePromise<T>): MaybePromise<T>;
  /** Runs the statements of a write command, each exactly once where the command is retryable. Results in batch order. */
  runStatements<T>(group: StatementGroup<T>): MaybePromise<T[]>;
  /** Calls `action` after the writes of this operation are visible: at once for plain writes, at commit in a transaction. */
  afterCommit(action: () => void): void;
  /**
   * Calls `action` once when what the operation holds is let go: at its end where it is plain or retryable, at commit or
   * abort of its transaction otherwise; after the actions of `afterCommit`. For locks.
   */
  onRelease(action: () => void): void;
}
