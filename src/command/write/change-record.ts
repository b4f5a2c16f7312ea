import type { Timestamp } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import type { Collection } from '../../catalog/collection.ts';
import { replaceRecord, type StoredRecord } from '../../catalog/document-write.ts';
import { Scope } from '../../expression/expression.ts';
import { chain } from '../../session/maybe-promise.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { Update, UpdateRun } from '../../update/update.ts';
import { environmentOf } from '../environment.ts';
import type { Services } from '../services.ts';
import { validateDocument } from './validate-document.ts';

/** What is to become of a document. */
export interface Change {
  readonly update: Update;
  readonly bypassValidation: boolean;
  /** Index of the array element that made the filter match. */
  readonly arrayPosition: number | undefined;
}

/** Changes one document; answers what it became, undefined where nothing changed. */
export function changeRecord(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  { update, bypassValidation, arrayPosition }: Change,
  record: StoredRecord,
): MaybePromise<BsonDocument | undefined> {
  const before = BsonDocument.fromBytes(record.bytes);
  const after = update.apply(before, updateRun(services, operation, arrayPosition));
  // A replacement counts as a modification even where it changes nothing.
  const isReplacement = update.kind === 'replacement';
  if (after === before && !isReplacement) return undefined;
  const bytes = encodeDocument(after);
  if (bytes.equals(record.bytes) && !isReplacement) return undefined;
  if (!bypassValidation) validateDocument(services, operation, collection, bytes, record.bytes);
  return chain(replaceRecord(services.writing, transaction, collection, record, bytes, update.reach), () => after);
}

/** What an update is told beside the document; times are made for those that ask. */
class OperationRun implements UpdateRun {
  readonly #services: Services;
  readonly #operation: Operation;
  readonly arrayPosition: number | undefined;
  #scope: Scope | undefined;

  constructor(services: Services, operation: Operation, arrayPosition: number | undefined) {
    this.#services = services;
    this.#operation = operation;
    this.arrayPosition = arrayPosition;
  }

  get now(): Date {
    return new Date(this.#operation.startMs);
  }

  get scope(): Scope {
    this.#scope ??= new Scope(environmentOf(this.#services, this.#operation), BsonDocument.empty);
    return this.#scope;
  }

  get timestamp(): Timestamp {
    return this.#services.time.now();
  }
}

/** What an update is told beside the document. */
export function updateRun(services: Services, operation: Operation, arrayPosition?: number): UpdateRun {
  return new OperationRun(services, operation, arrayPosition);
}
