/**
 * Which of the indexes that are asked for are there already. Two indexes are the same index when their signatures agree:
 * key pattern, uniqueness, sparseness, collation, partial filter and wildcard projection. They are equal when their other
 * options agree too. A collection holds a signature once, and a name once.
 */
import { valuesEqual } from '../bson/compare.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { printDocument } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { collationsEqual, parseCollation } from '../query/collation.ts';
import type { Collection } from './collection.ts';
import { ownIndexes, shownIndexes } from './collection.ts';
import { isIdKey } from './option/id-key.ts';
import { isTextKey } from './text-index.ts';

/** The specifications that are not there yet. Throws IndexOptionsConflict, IndexKeySpecsConflict, CannotCreateIndex. */
export function missingIndexes(collection: Collection, wanted: readonly BsonDocument[]): BsonDocument[] {
  const missing: BsonDocument[] = [];
  for (const specification of wanted) {
    const known = [...shownIndexes(collection), ...missing];
    if (isIdKey(specification.get('key'))) checkIdCollation(collection, specification);
    else if (!isThere(known, specification)) missing.push(specification);
    checkCount(collection, missing);
  }
  return missing;
}

function checkCount(collection: Collection, missing: readonly BsonDocument[]): void {
  if (ownIndexes(collection).length + missing.length > limits.indexesPerCollection) {
    throw new MongoError(
      'CannotCreateIndex',
      `add index fails, too many indexes for ${collection.namespace.full} key:${missing[0]?.get('key')}`,
    );
  }
}

function checkIdCollation(collection: Collection, wanted: BsonDocument): void {
  if (collationsEqual(collationOf(wanted), collection.collation)) return;
  throw new MongoError('BadValue', 'The _id index must have the same collation as the collection');
}

function isThere(known: readonly BsonDocument[], wanted: BsonDocument): boolean {
  const named = known.find((existing) => existing.get('name') === wanted.get('name'));
  if (named !== undefined) {
    if (!haveSameSignature(named, wanted)) {
      throw new MongoError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. ${describe(wanted, named)}`,
      );
    }
    if (haveSameOptions(named, wanted)) return true;
    throw conflict(
      `An equivalent index already exists with the same name but different options. ${describe(wanted, named)}`,
    );
  }
  const same = known.find((existing) => haveSameSignature(existing, wanted));
  if (same !== undefined) {
    throw conflict(
      haveSameOptions(same, wanted)
        ? `Index already exists with a different name: ${same.get('name')}`
        : `An equivalent index already exists with a different name and options. ${describe(wanted, same)}`,
    );
  }
  const text = hasText(wanted) ? known.find(hasText) : undefined;
  if (text !== undefined) {
    throw conflict(`only one text index per collection allowed, found existing text index "${text.get('name')}"`);
  }
  return false;
}

function conflict(message: string): MongoError {
  return new MongoError('IndexOptionsConflict', message);
}

function describe(requested: BsonDocument, existing: BsonDocument): string {
  return `Requested index: ${printDocument(requested)}, existing index: ${printDocument(existing)}`;
}

function hasText(specification: BsonDocument): boolean {
  const key = specification.get('key');
  return key instanceof BsonDocument && isTextKey(key);
}

function haveSameSignature(left: BsonDocument, right: BsonDocument): boolean {
  return (
    // Field by field: direction and order count.
    valuesEqual(left.get('key'), right.get('key')) &&
    left.get('unique') === right.get('unique') &&
    left.get('sparse') === right.get('sparse') &&
    collationsEqual(collationOf(left), collationOf(right)) &&
    canonicalFilter(left.get('partialFilterExpression')) === canonicalFilter(right.get('partialFilterExpression')) &&
    valuesEqual(left.get('wildcardProjection'), right.get('wildcardProjection'))
  );
}

function collationOf(specification: BsonDocument): ReturnType<typeof parseCollation> | undefined {
  const collation = specification.get('collation');
  if (!(collation instanceof BsonDocument)) return undefined;
  const parsed = parseCollation(collation);
  return parsed.isSimple ? undefined : parsed;
}

const comparedOptions = [
  'expireAfterSeconds',
  'hidden',
  'prepareUnique',
  'weights',
  'default_language',
  'language_override',
  'bits',
  'min',
  'max',
];

function haveSameOptions(left: BsonDocument, right: BsonDocument): boolean {
  return comparedOptions.every((name) => valuesEqual(left.get(name), right.get(name)));
}

/** A filter's clauses in an order of their own, so that those that only differ in it read alike. */
function canonicalFilter(filter: Value | undefined): string {
  return filter instanceof BsonDocument ? clauses(filter).sort().join('\n') : '';
}

function clauses(filter: BsonDocument): string[] {
  return [...filter.entries()].flatMap(([name, value]) => {
    if (name === '$and' && Array.isArray(value)) return value.flatMap((part) => clauses(part as BsonDocument));
    if (name === '$or' && Array.isArray(value)) return [`$or(${value.map(canonicalFilter).sort().join('|')})`];
    if (value instanceof BsonDocument && value.firstKey()?.startsWith('$') === true) {
      return [...value.entries()].map(([operator, operand]) => clause(name, operator, operand));
    }
    return [clause(name, '$eq', value)];
  });
}

function clause(path: string, operator: string, operand: Value): string {
  return `${path} ${operator} ${encodeKeyPart(operand)}`;
}
