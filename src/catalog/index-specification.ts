import { toDouble } from '../bson/number.ts';
import { printDocument } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { parseCollation } from '../query/collation.ts';
import { parseFilter } from '../query/filter.ts';
import { type IndexDescriptor, indexFields, indexKind } from '../query/index-descriptor.ts';

/** What planner and key maker know of an index with this specification (as listIndexes shows it). */
export function descriptorOf(
  specification: BsonDocument,
  isMultikey: boolean,
  multikeyPaths: readonly string[],
): IndexDescriptor {
  const keyPattern = specification.get('key');
  const name = specification.get('name');
  invariant(keyPattern instanceof BsonDocument && typeof name === 'string', 'an index has a key and a name');
  const fields = indexFields(keyPattern);
  const collation = specification.get('collation');
  const partial = specification.get('partialFilterExpression');
  const wildcard = specification.get('wildcardProjection');
  return {
    name,
    keyPattern,
    fields,
    kind: indexKind(fields),
    isUnique: name === '_id_' || specification.get('unique') === true,
    isSparse: specification.get('sparse') === true,
    isHidden: specification.get('hidden') === true,
    isMultikey,
    multikeyPaths,
    partialFilter: partial instanceof BsonDocument ? parseFilter(partial, { place: 'partialFilter' }) : undefined,
    collation: collation instanceof BsonDocument ? parseCollation(collation) : undefined,
    wildcardProjection: wildcard instanceof BsonDocument ? wildcard : undefined,
  };
}

/** Options of an index that are kept as they were given, in the order in which listIndexes shows them. */
const keptOptions = [
  'unique',
  'sparse',
  'expireAfterSeconds',
  'partialFilterExpression',
  'hidden',
  'storageEngine',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'wildcardProjection',
  'prepareUnique',
  'collation',
] as const;

/** Options that are accepted and mean nothing any more. */
const ignoredOptions: ReadonlySet<string> = new Set(['background', 'dropDups', 'ns', 'v', 'key', 'name']);

/**
 * Checks a specification of createIndexes and answers it as listIndexes will show it. Throws CannotCreateIndex, BadValue,
 * TypeMismatch, FailedToParse, InvalidIndexSpecificationOption.
 */
export function parseIndexSpecification(given: BsonDocument, ignoresUnknown: boolean): BsonDocument {
  const key = given.get('key');
  if (!(key instanceof BsonDocument)) {
    throw new MongoError(
      'FailedToParse',
      "Error in specification: the 'key' field is a required property of an index specification",
    );
  }
  checkKeyPattern(key);
  const name = given.get('name');
  if (typeof name !== 'string') {
    throw new MongoError('FailedToParse', "The 'name' field is a required property of an index specification");
  }
  const fields = new Map<string, Value>([
    ['v', 2],
    ['key', key],
    ['name', name],
  ]);
  for (const option of keptOptions) {
    const value = given.get(option);
    if (value !== undefined && value !== null && !isDefault(option, value))
      fields.set(option, normalized(option, value));
  }
  for (const option of given.keys()) {
    if (ignoresUnknown || ignoredOptions.has(option) || (keptOptions as readonly string[]).includes(option)) continue;
    throw new MongoError(
      'InvalidIndexSpecificationOption',
      `Error in specification ${printDocument(given)} :: caused by :: The field '${option}' is not valid for an index specification. Specification: ${printDocument(given)}`,
    );
  }
  const partial = given.get('partialFilterExpression');
  if (partial !== undefined && given.get('sparse') === true) {
    throw new MongoError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  if (partial instanceof BsonDocument) parseFilter(partial, { place: 'partialFilter' });
  return BsonDocument.fromFields(fields);
}

function isDefault(option: string, value: Value): boolean {
  return value === false && ['unique', 'sparse', 'hidden', 'prepareUnique'].includes(option);
}

function normalized(option: string, value: Value): Value {
  if (option === 'unique' || option === 'sparse' || option === 'hidden') {
    return isNumeric(value) ? toDouble(value) !== 0 : value;
  }
  if (option === 'collation' && value instanceof BsonDocument) return parseCollation(value).specification;
  return value;
}

const specialKinds: ReadonlySet<string> = new Set(['hashed', 'text', '2d', '2dsphere']);

function checkKeyPattern(key: BsonDocument): void {
  if (key.isEmpty()) throw new MongoError('CannotCreateIndex', 'Index keys cannot be an empty field.');
  if (key.size() > limits.fieldsPerIndex) throw new MongoError('Location13103', 'too many compound keys');
  for (const [field, direction] of key.entries()) {
    if (field === '' || field.split('.').includes('')) {
      throw new MongoError('CannotCreateIndex', `Index keys cannot contain an empty field: ${printDocument(key)}`);
    }
    if (typeof direction === 'string') {
      if (specialKinds.has(direction)) continue;
      throw new MongoError('CannotCreateIndex', `Unknown index plugin '${direction}' in ${printDocument(key)}`);
    }
    if (!isNumeric(direction)) {
      throw new MongoError(
        'CannotCreateIndex',
        `Values in v:2 index key pattern cannot be of type ${typeName(direction)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
      );
    }
    const number = toDouble(direction);
    if (number === 0 || Number.isNaN(number)) {
      throw new MongoError('CannotCreateIndex', 'Values in the index key pattern cannot be 0.');
    }
  }
}
