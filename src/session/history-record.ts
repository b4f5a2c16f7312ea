/**
 * The durable form of a session's history, in a table of its own and written in the storage transaction of the data:
 *
 *   key    lsid (16 bytes UUID, 32 bytes digest)
 *   value  | version 1 | kind 1 | txnNumber 8 | seconds 4 | increment 4 | lastWriteMs 8 | detailRecords 4 | run … |
 *   run    | firstId 4 | count 4 | statement kind 1 |
 *
 *   key    lsid, number of the detail record (4 bytes, big-endian)
 *   value  {details: [{id, upsertedId?, imageKind?, image?}, …]} as BSON
 *
 * A commit writes the first kind of record alone. MongoDB's `config.transactions` and `config.image_collection` show the
 * same facts; `history-projection.ts` makes those documents when somebody looks.
 */
import { document, type Literal } from '../bson/literal.ts';
import { Timestamp } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { invariant } from '../error/invariant.ts';
import type { Key } from '../storage/engine.ts';
import { type StatementDetail, type StatementRun, statementKinds } from './statement-history.ts';

const version = 1;
const headBytes = 30;
const runBytes = 9;

export const historyKinds = ['retryableWrite', 'committed'] as const;

export interface HistoryRecord {
  readonly kind: (typeof historyKinds)[number];
  readonly txnNumber: bigint;
  /** Cluster time of the last write. */
  readonly writtenAt: Timestamp;
  readonly lastWriteMs: number;
  /** How many detail records follow. */
  readonly detailRecords: number;
  /** Empty for a commit. */
  readonly runs: readonly StatementRun[];
}

export function encodeHistoryRecord(record: HistoryRecord): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + record.runs.length * runBytes);
  bytes[0] = version;
  bytes[1] = historyKinds.indexOf(record.kind);
  bytes.writeBigInt64LE(record.txnNumber, 2);
  bytes.writeUInt32LE(record.writtenAt.high >>> 0, 10);
  bytes.writeUInt32LE(record.writtenAt.low >>> 0, 14);
  bytes.writeDoubleLE(record.lastWriteMs, 18);
  bytes.writeUInt32LE(record.detailRecords, 26);
  let at = headBytes;
  for (const run of record.runs) {
    bytes.writeInt32LE(run.firstId, at);
    bytes.writeUInt32LE(run.count, at + 4);
    bytes[at + 8] = statementKinds.indexOf(run.kind);
    at += runBytes;
  }
  return bytes;
}

export function decodeHistoryRecord(bytes: Buffer): HistoryRecord {
  invariant(bytes[0] === version, `a history record has version ${version}`);
  const runs: StatementRun[] = [];
  for (let at = headBytes; at < bytes.length; at += runBytes) {
    runs.push({
      firstId: bytes.readInt32LE(at),
      count: bytes.readUInt32LE(at + 4),
      kind: oneOf(statementKinds, bytes[at + 8]),
    });
  }
  return {
    kind: oneOf(historyKinds, bytes[1]),
    txnNumber: bytes.readBigInt64LE(2),
    writtenAt: new Timestamp({ t: bytes.readUInt32LE(10), i: bytes.readUInt32LE(14) }),
    lastWriteMs: bytes.readDoubleLE(18),
    detailRecords: bytes.readUInt32LE(26),
    runs,
  };
}

/** Bytes of a session's key; a longer key is that of a detail record. */
export const sessionKeyBytes = 48;

export function detailKey(sessionKey: Key, index: number): Key {
  const suffix = Buffer.allocUnsafe(4);
  suffix.writeUInt32BE(index, 0);
  return sessionKey + suffix.toString('latin1');
}

export function encodeDetails(details: readonly StatementDetail[]): Buffer {
  const literal = details.map(
    ({ id, upsertedId, image }): Literal => ({ id, upsertedId, imageKind: image?.kind, image: image?.document }),
  );
  return encodeDocument(document({ details: literal }));
}

export function decodeDetails(bytes: Buffer): StatementDetail[] {
  const details = BsonDocument.fromBytes(bytes).get('details');
  invariant(Array.isArray(details), 'a detail record holds an array');
  return (details as readonly Value[]).map((detail) => {
    invariant(detail instanceof BsonDocument, 'a detail is a document');
    const id = detail.get('id');
    const imageKind = detail.get('imageKind');
    const image = detail.get('image');
    invariant(typeof id === 'number', 'a detail names its statement');
    return {
      id,
      upsertedId: detail.get('upsertedId'),
      image:
        image instanceof BsonDocument && (imageKind === 'preImage' || imageKind === 'postImage')
          ? { kind: imageKind, document: image }
          : undefined,
    };
  });
}

function oneOf<T>(choices: readonly T[], index: number | undefined): T {
  const choice = index === undefined ? undefined : choices[index];
  invariant(choice !== undefined, 'a history record holds known kinds');
  return choice;
}
