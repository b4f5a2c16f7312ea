/** How each generic field of a command is read: one literal table, indexed by the length of the name. */
import { toDouble } from '../bson/number.ts';
import { readInt32 } from '../bson/read.ts';
import { Binary, int32Max, isInt32 } from '../bson/scalar.ts';
import { array, long, object, optional, required, structure, timestamp, wrongType } from '../bson/structure.ts';
import { BsonType, type BsonTypeName } from '../bson/type.ts';
import { BsonDocument, decodeValue, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { Owner, SessionId } from './logical-session-id.ts';
import { localReadConcern, parseReadConcern } from './read-concern.ts';
import type { SessionFields } from './session-fields.ts';

type Take = (fields: SessionFields, bytes: Buffer, type: number, at: number) => void;

export interface GenericField {
  readonly name: string;
  readonly bit: number;
  /** Reads the value, which is not null, into the fields. */
  readonly take: Take;
}

const table: Readonly<Record<string, Take>> = {
  lsid: takeSessionId,
  txnNumber(fields, bytes, type, at) {
    require(fields, 'txnNumber', bytes, type, at, BsonType.long, 'long');
    fields.txnNumber = bytes.readBigInt64LE(at);
  },
  txnRetryCounter(fields, bytes, type, at) {
    require(fields, 'txnRetryCounter', bytes, type, at, BsonType.int, 'int');
    fields.txnRetryCounter = readInt32(bytes, at);
  },
  stmtId(fields, bytes, type, at) {
    require(fields, 'stmtId', bytes, type, at, BsonType.int, 'int');
    fields.statementId = readInt32(bytes, at);
  },
  stmtIds(fields, bytes, type, at) {
    const path = `${fields.commandName}.stmtIds`;
    fields.statementIds = array(decodeValue(bytes, type, at), path).map((value, index) => {
      if (typeof value === 'number' && isInt32(value)) return value;
      throw wrongType(value, `${path}.${index}`, 'int');
    });
  },
  autocommit(fields, bytes, type, at) {
    require(fields, 'autocommit', bytes, type, at, BsonType.bool, 'bool');
    fields.autocommit = bytes[at] === 1;
  },
  startTransaction(fields, bytes, type, at) {
    require(fields, 'startTransaction', bytes, type, at, BsonType.bool, 'bool');
    fields.startTransaction = bytes[at] === 1;
  },
  $clusterTime: takeClusterTime,
  readConcern(fields, bytes, type, at) {
    require(fields, 'readConcern', bytes, type, at, BsonType.object, 'object');
    const document = documentAt(bytes, at);
    fields.readConcern = document.isEmpty() ? localReadConcern : parseReadConcern(document);
  },
  writeConcern(fields, bytes, type, at) {
    require(fields, 'writeConcern', bytes, type, at, BsonType.object, 'object');
    fields.writeConcern = documentAt(bytes, at);
  },
  maxTimeMS(fields, bytes, type, at) {
    fields.maxTimeMs = parseMaxTime(decodeValue(bytes, type, at), `${fields.commandName}.maxTimeMS`);
  },
  comment(fields, _bytes, type, at) {
    fields.markComment(type, at);
  },
  apiVersion(fields, bytes, type, at) {
    require(fields, 'apiVersion', bytes, type, at, BsonType.string, 'string');
    fields.apiVersion = decodeValue(bytes, type, at) as string;
  },
  apiStrict(fields, bytes, type, at) {
    require(fields, 'apiStrict', bytes, type, at, BsonType.bool, 'bool');
    fields.apiStrict = bytes[at] === 1;
  },
  apiDeprecationErrors(fields, bytes, type, at) {
    require(fields, 'apiDeprecationErrors', bytes, type, at, BsonType.bool, 'bool');
    fields.apiDeprecationErrors = bytes[at] === 1;
  },
};

/** The generic fields whose name has as many characters as the index says. */
export const genericFields: readonly (readonly GenericField[] | undefined)[] = byNameLength();

function byNameLength(): (GenericField[] | undefined)[] {
  const byLength: (GenericField[] | undefined)[] = [];
  Object.entries(table).forEach(([name, take], index) => {
    const sameLength = byLength[name.length] ?? [];
    sameLength.push({ name, bit: 1 << index, take });
    byLength[name.length] = sameLength;
  });
  return Array.from(byLength);
}

/** Names of the generic fields, for strict commands that pass them over. */
export const genericFieldNames: ReadonlySet<string> = new Set([
  ...Object.keys(table),
  '$db',
  '$readPreference',
  'coordinator',
  'startOrContinueTransaction',
  '$configTime',
  '$topologyTime',
  'help',
]);

function require(
  fields: SessionFields,
  name: string,
  bytes: Buffer,
  type: number,
  at: number,
  expected: number,
  expectedName: BsonTypeName,
): void {
  if (type !== expected) throw wrongType(decodeValue(bytes, type, at), `${fields.commandName}.${name}`, expectedName);
}

function documentAt(bytes: Buffer, at: number): BsonDocument {
  return BsonDocument.fromBytes(bytes.subarray(at, at + readInt32(bytes, at)));
}

/** Bytes of `{id: UUID}`, the form that drivers send: length, element header `05 'i' 'd' 00`, binary header, 16 bytes, end. */
const plainSessionIdBytes = 4 + 4 + 5 + 16 + 1;
/** Where the UUID begins in it. */
const plainUuidAt = 13;

function isPlainSessionId(bytes: Buffer, at: number): boolean {
  return (
    readInt32(bytes, at) === plainSessionIdBytes &&
    readInt32(bytes, at + 4) === 0x00646905 &&
    readInt32(bytes, at + 8) === 16 &&
    bytes[at + 12] === Binary.SUBTYPE_UUID
  );
}

function takeSessionId(fields: SessionFields, bytes: Buffer, type: number, at: number): void {
  require(fields, 'lsid', bytes, type, at, BsonType.object, 'object');
  if (isPlainSessionId(bytes, at)) {
    fields.lsid = SessionId.read(bytes, at + plainUuidAt, fields.owner);
    return;
  }
  const parsed = parseSessionId(documentAt(bytes, at), `${fields.commandName}.lsid`, fields.owner);
  fields.lsid = parsed.lsid;
  fields.isChildSession = parsed.isChild;
}

const sessionIdFields = structure('lsid', {
  id: required(uuid),
  uid: optional(digest),
  txnNumber: optional(long),
  txnUUID: optional(uuid),
});

/**
 * An lsid as clients spell it, `{id, uid?, txnNumber?, txnUUID?}`. Without uid it belongs to `owner`.
 * @throws MongoError TypeMismatch, InvalidUUID, IDLFailedToParse, IDLUnknownField; InvalidOptions for txnNumber without txnUUID.
 */
export function parseSessionId(
  document: BsonDocument,
  path: string,
  owner: Owner,
): { readonly lsid: SessionId; readonly isChild: boolean } {
  const { encoded } = document;
  if (encoded !== undefined && isPlainSessionId(encoded, 0)) {
    return { lsid: SessionId.read(encoded, plainUuidAt, owner), isChild: false };
  }
  const fields = sessionIdFields(document, path);
  if (fields.txnNumber !== undefined && fields.txnUUID === undefined) {
    throw new MongoError('InvalidOptions', 'The txnNumber field in a session id requires the txnUUID field');
  }
  const named = fields.uid === undefined || fields.uid.equals(owner.uid) ? owner : new Owner(fields.uid);
  return { lsid: SessionId.read(fields.id, 0, named), isChild: fields.txnUUID !== undefined };
}

/** 16 bytes of a UUID. */
export function uuid(value: Value, path: string): Buffer {
  const bytes = binary(value, path, Binary.SUBTYPE_UUID, 'UUID');
  if (bytes.length === 16) return bytes;
  throw new MongoError('InvalidUUID', `uuid must be a 16-byte binary field with UUID (4) subtype: ${path}`);
}

/** 32 bytes of a digest. */
export function digest(value: Value, path: string): Buffer {
  const bytes = binary(value, path, Binary.SUBTYPE_DEFAULT, 'general');
  if (bytes.length === 32) return bytes;
  throw new MongoError('UnsupportedFormat', `Unsupported SHA256Block hash length: ${bytes.length} at ${path}`);
}

function binary(value: Value, path: string, subtype: number, subtypeName: string): Buffer {
  if (!(value instanceof Binary)) throw wrongType(value, path, 'binData');
  if (value.sub_type === subtype) return Buffer.from(value.value());
  throw new MongoError(
    'TypeMismatch',
    `BSON field '${path}' is the wrong binData type '${value.sub_type}', expected type '${subtypeName}'`,
  );
}

/** Type byte and name of the element that drivers send first: `11 'clusterTime' 00`. */
const clusterTimeElement = Buffer.from('\x11clusterTime\0', 'latin1');

const clusterTimeFields = structure(
  '$clusterTime',
  { clusterTime: required(timestamp), signature: optional(object) },
  { isOpen: true },
);

/** `{clusterTime: Timestamp, signature?}`; read in place where clusterTime comes first, as every driver echoes it. */
function takeClusterTime(fields: SessionFields, bytes: Buffer, type: number, at: number): void {
  require(fields, '$clusterTime', bytes, type, at, BsonType.object, 'object');
  fields.clusterTimeAt = at;
  if (startsWith(bytes, at + 4, clusterTimeElement)) {
    const valueAt = at + 4 + clusterTimeElement.length;
    fields.clusterIncrement = readInt32(bytes, valueAt) >>> 0;
    fields.clusterSeconds = readInt32(bytes, valueAt + 4) >>> 0;
    return;
  }
  const { clusterTime } = clusterTimeFields(documentAt(bytes, at));
  fields.clusterIncrement = clusterTime.low >>> 0;
  fields.clusterSeconds = clusterTime.high >>> 0;
}

function startsWith(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

function parseMaxTime(value: Value, path: string): number {
  if (!isNumeric(value)) throw wrongType(value, path, 'int', 'long', 'double', 'decimal');
  const timeMs = toDouble(value);
  if (!Number.isInteger(timeMs)) throw new MongoError('FailedToParse', `${path} has non-integral value`);
  if (typeof value !== 'bigint' && (timeMs >= 2 ** 63 || timeMs < -(2 ** 63))) {
    throw new MongoError('FailedToParse', `Cannot represent ${timeMs} as a 64-bit integer: ${path}`);
  }
  if (timeMs >= 0 && timeMs <= int32Max) return timeMs;
  throw new MongoError('BadValue', `${timeMs} value for ${path} is out of range [0, ${int32Max}]`);
}
