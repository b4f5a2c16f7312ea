import { valuesEqual } from '../bson/compare.ts';
import { printValue } from '../bson/print.ts';
import { findField } from '../bson/read.ts';
import { Timestamp } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { BsonWriter, encodeDocument } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import { EncodedValue } from './encoded-value.ts';
import type { Equalities, Update, UpdateContext, UpdateRun } from './update-plan.ts';
import { finishUpsert, withIdFirst } from './upsert.ts';
import { checkResult, idOf } from './validate-result.ts';

const scratch = new BsonWriter(64 * 1024);

/** Reads `{ a: 1, … }`: the whole document but `_id`. Throws DollarPrefixedFieldName for an operator among its fields. */
export function parseReplacement(specification: BsonDocument, context: UpdateContext): Update {
  if (context.arrayFilters !== undefined && context.arrayFilters.length > 0) {
    throw new MongoError('FailedToParse', 'arrayFilters may not be specified for replacement-style updates');
  }
  for (const name of specification.keys()) {
    if (!name.startsWith('$')) continue;
    const problem = "is not allowed in the context of an update's replacement document";
    throw new MongoError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${name}' in '${name}' ${problem}.`);
  }
  return new Replacement(specification);
}

class Replacement implements Update {
  readonly kind = 'replacement';
  readonly needsArrayPosition = false;
  readonly #document: BsonDocument;

  constructor(document: BsonDocument) {
    this.#document = document;
  }

  /** Always a new document: MongoDB counts a replacement as a modification even where nothing differs. */
  apply(document: BsonDocument, run: UpdateRun): BsonDocument {
    return replaceDocument(encodeDocument(document), fillTimestamps(this.#document, run.timestamp));
  }

  createForUpsert(equalities: Equalities, run: UpdateRun): BsonDocument {
    const id = equalities.get('_id');
    const filled = fillTimestamps(this.#document, run.timestamp);
    if (id === undefined) return finishUpsert(checkResult(encodeDocument(filled)));
    return replaceDocument(encodeDocument(withIdFirst(BsonDocument.empty, id)), filled);
  }
}

/** `replacement` with the old document's `_id` in front. Throws ImmutableField where it brings another one. */
export function replaceDocument(before: Buffer, replacement: BsonDocument): BsonDocument {
  const bytes = encodeDocument(replacement);
  const brought = findField(bytes, 0, '_id');
  const kept = findField(before, 0, '_id');
  if (brought >= 0) {
    if (kept >= 0) checkSameId(before, bytes);
    return checkResult(encodeDocument(finishUpsert(replacement)));
  }
  if (kept < 0) return checkResult(bytes);
  const id = EncodedValue.ofElement(before, kept);
  scratch.reset();
  const start = scratch.open();
  scratch.raw(before.subarray(kept, id.end));
  scratch.raw(bytes.subarray(4, bytes.length - 1));
  scratch.close(start);
  return checkResult(Buffer.from(scratch.view()));
}

function checkSameId(before: Buffer, after: Buffer): void {
  const old = idOf(before);
  const brought = idOf(after);
  if (valuesEqual(old, brought)) return;
  const change = `found to have been altered from _id: ${printValue(old)} to _id: ${printValue(brought)}`;
  throw new MongoError('ImmutableField', `After applying the update, the (immutable) field '_id' was ${change}`);
}

/** Empty timestamps among the document's own fields, `_id` excepted, stand for the time of the write. */
export function fillTimestamps(document: BsonDocument, timestamp: Timestamp): BsonDocument {
  const bytes = encodeDocument(document);
  if (bytes.indexOf(BsonType.timestamp) < 0) return document;
  const isEmpty = (name: string, value: Value): boolean =>
    name !== '_id' && value instanceof Timestamp && value.isZero();
  if (![...document].some(([name, value]) => isEmpty(name, value))) return document;
  const fields = new Map<string, Value>();
  for (const [name, value] of document) fields.set(name, isEmpty(name, value) ? timestamp : value);
  return BsonDocument.fromFields(fields);
}
