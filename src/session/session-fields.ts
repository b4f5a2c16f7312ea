/** What any command may say beside its own arguments, typed. Which of it goes together is decided by the ladder of `gate.ts`. */
import { BsonType } from '../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../bson/value.ts';
import type { Owner, SessionId } from './logical-session-id.ts';
import type { ReadConcern } from './read-concern.ts';

/** What a command said beside its arguments; undefined (or 0) is unsaid, and null says nothing. */
export class SessionFields {
  lsid: SessionId | undefined = undefined;
  /** The lsid named a child of a session (reference 1.4). */
  isChildSession = false;
  txnNumber: bigint | undefined = undefined;
  txnRetryCounter: number | undefined = undefined;
  statementId: number | undefined = undefined;
  statementIds: readonly number[] | undefined = undefined;
  autocommit: boolean | undefined = undefined;
  startTransaction: boolean | undefined = undefined;
  /** Seconds and increment of `$clusterTime`; 0 and 0 when it was not sent. */
  clusterSeconds = 0;
  clusterIncrement = 0;
  /** Where `$clusterTime` lies in the body; 0 when it was not sent. */
  clusterTimeAt = 0;
  readConcern: ReadConcern | undefined = undefined;
  /** Parsed only where the gate knows the default to fill it up with. */
  writeConcern: BsonDocument | undefined = undefined;
  maxTimeMs = 0;
  apiVersion: string | undefined = undefined;
  apiStrict: boolean | undefined = undefined;
  apiDeprecationErrors: boolean | undefined = undefined;
  /** Bits of the fields that were seen, to refuse a second one. */
  seen = 0;
  readonly body: Buffer;
  readonly commandName: string;
  /** Who an lsid without uid belongs to. */
  readonly owner: Owner;
  #commentAt = 0;
  #commentType = 0;

  constructor(body: Buffer, commandName: string, owner: Owner) {
    this.body = body;
    this.commandName = commandName;
    this.owner = owner;
  }

  /** Goes on as if no session had been named (reference 1.3). */
  dropSession(): void {
    this.lsid = undefined;
    this.isChildSession = false;
    this.txnNumber = undefined;
    this.autocommit = undefined;
    this.startTransaction = undefined;
  }

  markComment(type: number, at: number): void {
    this.#commentType = type;
    this.#commentAt = at;
  }

  /** The signature of `$clusterTime`, where it was sent with one. */
  get clusterSignature(): BsonDocument | undefined {
    if (this.clusterTimeAt === 0) return undefined;
    const document = decodeValue(this.body, BsonType.object, this.clusterTimeAt) as BsonDocument;
    const signature = document.get('signature');
    return signature instanceof BsonDocument ? signature : undefined;
  }

  get comment(): Value | undefined {
    return this.#commentAt === 0 ? undefined : decodeValue(this.body, this.#commentType, this.#commentAt);
  }
}
