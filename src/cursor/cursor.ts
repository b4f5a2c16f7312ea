import type { Right } from '../auth/resource.ts';
import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { AuthenticatedUser, LogicalSessionId, Operation } from '../session/operation.ts';
import type { ResultStream } from './stream.ts';

/** What a cursor is bound to from the command that made it (reference 4.8). */
export interface CursorOwner {
  readonly lsid: LogicalSessionId | undefined;
  readonly txnNumber: bigint | undefined;
  readonly user: AuthenticatedUser | undefined;
  /** Number of the connection that the command came on. Default: it counts for none. */
  readonly connectionId?: number;
  /** What its user was allowed to do for it to be opened, and has to be still allowed for more of it. */
  readonly rights: readonly Right[];
  /** The time of a snapshot read, whose later batches see the same state. */
  readonly atClusterTime?: Timestamp | undefined;
}

/** What a cursor's life may be: waiting for a getMore, serving one, or gone. */
export type CursorState =
  | { readonly kind: 'idle'; readonly sinceMs: number }
  | { readonly kind: 'inUse'; readonly operation: Operation; readonly killReason: string | undefined }
  | { readonly kind: 'closed' };

/** An open result of an earlier command, known to its client by number. */
export interface Cursor {
  readonly id: bigint;
  /** `database.collection`, which getMore must name again. */
  readonly namespace: string;
  readonly owner: CursorOwner;
  readonly stream: ResultStream;
  /** The command that opened it, for currentOp and $listLocalCursors. */
  readonly command: BsonDocument;
  readonly createdMs: number;
  /** Never closed for idleness (noCursorTimeout). */
  readonly isImmortal: boolean;
  readonly tailable: 'no' | 'tailable' | 'awaitData';
  /** What its getMores may still use up of the opening command's maxTimeMS, all together (manual, "cursor.maxTimeMS()"). */
  timeLeftMs: number;
  readonly apiParameters: string;
  state: CursorState;
  lastAccessMs: number;
  documentsReturned: number;
  batchesReturned: number;
}

/** Throws 50736 to 50741 unless session and transaction of a getMore are those that the cursor was made in. */
export function checkSameSession(cursor: Cursor, operation: Operation): void {
  const { lsid, txnNumber } = cursor.owner;
  const number = operation.mode === 'transaction' ? operation.txnNumber : undefined;
  const subject = `Cannot run getMore on cursor ${cursor.id}`;
  if (lsid === undefined && operation.lsid !== undefined) {
    throw new MongoError(
      'Location50736',
      `${subject}, which was not created in a session, in session ${printSession(operation.lsid)}`,
    );
  }
  if (lsid !== undefined && operation.lsid === undefined) {
    throw new MongoError(
      'Location50737',
      `${subject}, which was created in session ${printSession(lsid)}, without an lsid`,
    );
  }
  if (lsid !== undefined && operation.lsid !== undefined && lsid.key !== operation.lsid.key) {
    throw new MongoError(
      'Location50738',
      `${subject}, which was created in session ${printSession(lsid)}, in session ${printSession(operation.lsid)}`,
    );
  }
  if (txnNumber === undefined && number !== undefined) {
    throw new MongoError(
      'Location50739',
      `${subject}, which was not created in a transaction, in transaction ${number}`,
    );
  }
  if (txnNumber !== undefined && number === undefined) {
    throw new MongoError(
      'Location50740',
      `${subject}, which was created in transaction ${txnNumber}, without a txnNumber`,
    );
  }
  if (txnNumber !== number) {
    throw new MongoError(
      'Location50741',
      `${subject}, which was created in transaction ${txnNumber}, in transaction ${number}`,
    );
  }
}

/** A session in a message: `<uuid> - <uid in base64> -  - ` (reference 1.1). */
export function printSession({ id, uid }: LogicalSessionId): string {
  const hex = id.toString('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  return `${uuid} - ${uid.toString('base64')} -  - `;
}
