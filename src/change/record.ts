/**
 * Changes as they are kept, one record each, under the place that they have in the order of commits:
 *
 *   { op, db, coll, uuid, wallTime, lsid, txnNumber, key, document, delta, … }
 *
 * The pictures before and after a change, where a collection keeps them, lie in a table of their own under the same key,
 * since they expire by themselves.
 */
import { document } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { invariant } from '../error/invariant.ts';
import type { Key } from '../storage/engine.ts';
import type { ChangedNamespace, DefinitionChange, DefinitionKind, DocumentChange } from './change.ts';
import { documentDelta } from './delta.ts';
import { type ChangePosition, decodePosition } from './position.ts';

export type ChangeOperation = 'insert' | 'update' | 'replace' | 'delete' | DefinitionKind;

/** A change as it was kept. */
export interface ChangeRecord {
  readonly position: ChangePosition;
  readonly operation: ChangeOperation;
  readonly database: string;
  readonly collection: string | undefined;
  readonly uuid: Binary | undefined;
  readonly wallTime: Value;
  /** Of the transaction that it is part of. */
  readonly lsid: BsonDocument | undefined;
  readonly txnNumber: bigint | undefined;
  /** `{ _id }` of the document. */
  readonly documentKey: BsonDocument | undefined;
  /** The document that was inserted or put in place of another. */
  readonly document: BsonDocument | undefined;
  /** What an update did. */
  readonly delta: BsonDocument | undefined;
  readonly namespaceType: Value | undefined;
  readonly description: BsonDocument | undefined;
  readonly stateBefore: BsonDocument | undefined;
  /** The new name of a renamed collection. */
  readonly to: ChangedNamespace | undefined;
}

/** What all changes of a commit have in common. */
export interface CommitFields {
  readonly wallTime: Date;
  readonly lsid: BsonDocument | undefined;
  readonly txnNumber: bigint | undefined;
}

/** The record of a document's change, and its pictures where the collection keeps them. */
export function encodeDocumentChange(
  change: DocumentChange,
  commit: CommitFields,
): { readonly record: Buffer; readonly images: Buffer | undefined } {
  const { collection, before, after } = change;
  const delta = before === undefined || after === undefined ? undefined : documentDelta(before, after, change.reach);
  const operation = operationOf(change, delta);
  const bytes = after ?? before;
  invariant(bytes !== undefined, 'a changed document was there before or is there afterwards');
  const record = document({
    op: operation,
    db: collection.namespace.database,
    coll: collection.namespace.collection,
    uuid: new Binary(collection.uuid, Binary.SUBTYPE_UUID),
    ...commit,
    key: { _id: BsonDocument.fromBytes(bytes).get('_id') },
    document: after !== undefined && delta === undefined ? BsonDocument.fromBytes(after) : undefined,
    delta,
  });
  return { record: encodeDocument(record), images: imagesOf(change, operation) };
}

function operationOf({ before, after }: DocumentChange, delta: BsonDocument | undefined): ChangeOperation {
  if (before === undefined) return 'insert';
  if (after === undefined) return 'delete';
  return delta === undefined ? 'replace' : 'update';
}

function imagesOf({ collection, before, after }: DocumentChange, operation: ChangeOperation): Buffer | undefined {
  if (!collection.keepsImages || before === undefined) return undefined;
  return encodeDocument(
    document({
      before: BsonDocument.fromBytes(before),
      after: operation === 'update' && after !== undefined ? BsonDocument.fromBytes(after) : undefined,
    }),
  );
}

export function encodeDefinitionChange({ kind, details }: DefinitionChange, commit: CommitFields): Buffer {
  const { database, collection, uuid, type, description, stateBefore, to } = details;
  return encodeDocument(
    document({
      op: kind,
      db: database,
      coll: collection,
      uuid: uuid === undefined ? undefined : new Binary(uuid, Binary.SUBTYPE_UUID),
      ...commit,
      type,
      description,
      stateBefore,
      to: to === undefined ? undefined : { db: to.database, coll: to.collection },
    }),
  );
}

/** Reads a record. */
export function decodeChange(key: Key, bytes: Buffer): ChangeRecord {
  const record = BsonDocument.fromBytes(bytes);
  const operation = record.get('op');
  const database = record.get('db');
  invariant(isOperation(operation) && typeof database === 'string', 'a change has an operation and a database');
  const uuid = record.get('uuid');
  const txnNumber = record.get('txnNumber');
  return {
    position: decodePosition(key),
    operation,
    database,
    collection: textOf(record.get('coll')),
    uuid: uuid instanceof Binary ? uuid : undefined,
    wallTime: record.get('wallTime') ?? null,
    lsid: documentOf(record.get('lsid')),
    txnNumber: typeof txnNumber === 'bigint' ? txnNumber : undefined,
    documentKey: documentOf(record.get('key')),
    document: documentOf(record.get('document')),
    delta: documentOf(record.get('delta')),
    namespaceType: record.get('type'),
    description: documentOf(record.get('description')),
    stateBefore: documentOf(record.get('stateBefore')),
    to: namespaceOf(documentOf(record.get('to'))),
  };
}

const operations: ReadonlySet<string> = new Set<ChangeOperation>([
  'insert',
  'update',
  'replace',
  'delete',
  'create',
  'createIndexes',
  'dropIndexes',
  'modify',
  'rename',
  'drop',
  'dropDatabase',
]);

function isOperation(value: Value | undefined): value is ChangeOperation {
  return typeof value === 'string' && operations.has(value);
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function documentOf(value: Value | undefined): BsonDocument | undefined {
  return value instanceof BsonDocument ? value : undefined;
}

function namespaceOf(value: BsonDocument | undefined): ChangedNamespace | undefined {
  const [database, collection] = [value?.get('db'), value?.get('coll')];
  return typeof database === 'string' && typeof collection === 'string' ? { database, collection } : undefined;
}
