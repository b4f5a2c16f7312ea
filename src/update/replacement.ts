import { valuesEqual } from '../bson/compare.ts';
import { printValue } from '../bson/print.ts';
import { findField } from '../bson/read.ts';
import { BsonDocument } from '../bson/value.ts';
import { BsonWriter, encodeDocument } from '../bson/write.ts';
import { wholeDocument } from '../change/reach.ts';
import { MongoError } from '../error/mongo-error.ts';
import { fillEmptyTimestamps, hasEmptyTimestamps } from './empty-timestamp.ts';
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
  return new Replacement(specification, context.keepsEmptyTimestamps === true);
}

class Replacement implements Update {
  readonly kind = 'replacement';
  readonly reach = wholeDocument;
  readonly needsArrayPosition = false;
  readonly #document: BsonDocument;
  readonly #fillsTimestamps: boolean;

  constructor(document: BsonDocument, keepsEmptyTimestamps: boolean) {
    this.#document = document;
    this.#fillsTimestamps = !keepsEmptyTimestamps && hasEmptyTimestamps(encodeDocument(document));
  }

  /** Always a new document: MongoDB counts a replacement as a modification even where nothing differs. */
  apply(document: BsonDocument, run: UpdateRun): BsonDocument {
    return replaceDocument(encodeDocument(document), this.#stamped(run), false);
  }

  createForUpsert(equalities: Equalities, run: UpdateRun): BsonDocument {
    const id = equalities.get('_id');
    const stamped = this.#stamped(run);
    if (id === undefined) return finishUpsert(checkResult(encodeDocument(stamped), false));
    return replaceDocument(encodeDocument(withIdFirst(BsonDocument.empty, id)), stamped, false);
  }

  #stamped(run: UpdateRun): BsonDocument {
    return this.#fillsTimestamps ? fillEmptyTimestamps(this.#document, run.timestamp) : this.#document;
  }
}

/** `replacement` with the old document's `_id` in front. Throws ImmutableField where it brings another one. */
export function replaceDocument(before: Buffer, replacement: BsonDocument, mayBeTooDeep: boolean): BsonDocument {
  const bytes = encodeDocument(replacement);
  const brought = findField(bytes, 0, '_id');
  const kept = findField(before, 0, '_id');
  if (brought >= 0) {
    if (kept >= 0) checkSameId(before, bytes);
    return checkResult(encodeDocument(finishUpsert(replacement)), mayBeTooDeep);
  }
  if (kept < 0) return checkResult(bytes, mayBeTooDeep);
  const id = EncodedValue.ofElement(before, kept);
  scratch.reset();
  const start = scratch.open();
  scratch.raw(before.subarray(kept, id.end));
  scratch.raw(bytes.subarray(4, bytes.length - 1));
  scratch.close(start);
  return checkResult(scratch.take(), mayBeTooDeep);
}

function checkSameId(before: Buffer, after: Buffer): void {
  const old = idOf(before);
  const brought = idOf(after);
  if (valuesEqual(old, brought)) return;
  const change = `found to have been altered from _id: ${printValue(old)} to _id: ${printValue(brought)}`;
  throw new MongoError('ImmutableField', `After applying the update, the (immutable) field '_id' was ${change}`);
}
