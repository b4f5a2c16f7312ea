/** What $merge makes of a document that comes and the one that is there. */
import { compareStrings, valuesEqual } from '../bson/compare.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish } from '../bson/value-type.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import type { MatchedMode, MergeArgument } from './merge-argument.ts';
import { setPath } from './set-path.ts';
import { arraySource, type Execution } from './source.ts';
import type { Pipeline } from './stage.ts';

/** What becomes of a document that is there; given the new one. */
export type Matched = (
  existing: BsonDocument,
  incoming: BsonDocument,
  execution: Execution,
) => BsonDocument | undefined;

/** What `mode` makes of a document that is there; the documents belong together by their fields `on`. */
export function matchedMode(mode: MatchedMode, on: readonly string[]): Matched {
  switch (mode) {
    case 'keepExisting':
      return () => undefined;
    case 'fail':
      return (_existing, incoming) => {
        throw duplicate(incoming, on);
      };
    case 'replace':
      return (existing, incoming) => withId(incoming, existing);
    case 'merge':
      return (existing, incoming) =>
        withId(
          BsonDocument.fromFields(new Map([...existing.toFields(), ...inNameOrder(incoming).toFields()])),
          existing,
        );
  }
}

/** As if the document had been inserted beside the one that is there. */
function duplicate(incoming: BsonDocument, on: readonly string[]): MongoError {
  const keyPattern = BsonDocument.fromFields(new Map(on.map((path) => [path, 1])));
  const keyValue = BsonDocument.fromFields(
    new Map(on.map((path) => [path, valueOn(incoming, path.split('.')) ?? null])),
  );
  return new MongoError(
    'DuplicateKey',
    "$merge with whenMatched: fail found an existing document with the same values for the 'on' fields",
    { reply: { keyPattern, keyValue } },
  );
}

/** A pipeline of update stages over the existing document; `assign` gives the scope its variables for the new one. */
export function matchedPipeline(parse: () => Pipeline, assign: (incoming: BsonDocument) => Scope): Matched {
  let pipeline: Pipeline | undefined;
  return (existing, incoming, execution) => {
    pipeline ??= parse();
    const batch = pipeline.open(arraySource([existing]), assign(incoming)).next(execution);
    invariant(
      !(batch instanceof Promise) && batch?.length === 1,
      'stages of an update give one document for one, at once',
    );
    return withId(batch[0] as BsonDocument, existing);
  };
}

/** `_id`, then the other fields by name: the order in which an update adds fields. */
function inNameOrder(document: BsonDocument): BsonDocument {
  const fields = [...document.toFields()];
  const rank = (name: string): string => (name === '_id' ? '' : name);
  fields.sort(([left], [right]) => compareStrings(rank(left), rank(right)));
  return BsonDocument.fromFields(new Map(fields));
}

/** The document, whose `_id` must be that of the existing one and is taken from there where it has none. */
function withId(document: BsonDocument, existing: BsonDocument): BsonDocument {
  const id = existing.get('_id');
  const own = document.get('_id');
  if (own === undefined && id !== undefined) {
    return BsonDocument.fromFields(new Map<string, Value>([['_id', id], ...document.toFields()]));
  }
  if (valuesEqual(own, id)) return document;
  throw new MongoError(
    'ImmutableField',
    "$merge failed to update the matching document, did you attempt to modify the _id or the shard key?: Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

/** The document to insert where none is there; undefined for none. */
export function unmatched(
  { whenMatched, whenNotMatched: mode }: MergeArgument,
  incoming: BsonDocument,
  on: readonly (readonly string[])[],
): BsonDocument | undefined {
  if (mode === 'discard') return undefined;
  if (mode === 'fail') {
    throw new MongoError(
      'MergeStageNoMatchingDocument',
      '$merge could not find a matching document in the target collection for at least one document in the source collection',
    );
  }
  let document = whenMatched === 'merge' || whenMatched === 'keepExisting' ? inNameOrder(incoming) : incoming;
  for (const path of on) {
    if (path[0] !== '_id' && isNullish(valueOn(document, path))) document = setPath(document, path, null);
  }
  return document;
}

/** The value of an `on` field; Location51185 where an array is met. */
export function valueOn(document: BsonDocument, path: readonly string[]): Value | undefined {
  let value: Value | undefined = document;
  for (const name of path) {
    value = value instanceof BsonDocument ? value.get(name) : undefined;
    if (Array.isArray(value)) {
      throw new MongoError('Location51185', `$merge write error: 'on' field '${path.join('.')}' is an array`);
    }
  }
  return value;
}
