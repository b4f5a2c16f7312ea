/**
 * The fields that any command may carry beside its own: parsed and typed once, in one pass over the bytes of the body.
 * Which of them go together is not decided here but by the ladder of `gate.ts`.
 */
import { readInt32, skipValue } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import { genericFields } from './generic-field.ts';
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

/**
 * Parses the generic fields of a command's body.
 * @throws MongoError TypeMismatch and what each field's own form asks for; IDLDuplicateField for a field sent twice.
 */
export function parseSessionFields(body: BsonDocument, commandName: string, owner: Owner): SessionFields {
  const bytes = encodeDocument(body);
  const fields = new SessionFields(bytes, commandName, owner);
  const end = readInt32(bytes, 0) - 1;
  for (let element = 4; element < end; ) {
    const type = bytes[element] as number;
    let nameEnd = element + 1;
    while (bytes[nameEnd] !== 0) nameEnd++;
    const at = nameEnd + 1;
    const candidates = genericFields[nameEnd - element - 1];
    if (candidates !== undefined) {
      for (const candidate of candidates) {
        if (!isNamed(bytes, element + 1, candidate.name)) continue;
        if ((fields.seen & candidate.bit) !== 0) {
          const path = `${commandName}.${candidate.name}`;
          throw new MongoError('IDLDuplicateField', `BSON field '${path}' is a duplicate field`);
        }
        fields.seen |= candidate.bit;
        if (type !== BsonType.null && type !== BsonType.undefined) candidate.take(fields, bytes, type, at);
        break;
      }
    }
    element = skipValue(bytes, type, at);
  }
  return fields;
}

function isNamed(bytes: Buffer, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}
