/** Specifications of indexes: what createIndexes may be asked for, and how it is stored and shown. */
import { isZeroNumber, toDouble } from '../bson/number.ts';
import { printDocument, printValue } from '../bson/print.ts';
import { isInt32 } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { invariant } from '../error/invariant.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import { parseCollation } from '../query/collation.ts';
import { parseFilter } from '../query/filter.ts';
import { type FlatRange, type IndexDescriptor, indexFields, indexKind } from '../query/index-descriptor.ts';
import { textIndexOptions } from '../query/text/text-source.ts';
import type { TableId } from '../storage/engine.ts';
import type { Index } from './collection.ts';
import { checkKeyPattern, isWildcard } from './key-pattern.ts';
import { indexExpiry } from './option/expiry.ts';
import { isIdKey } from './option/id-key.ts';
import { completeTextIndex, isTextKey } from './text-index.ts';
import { checkWildcardProjection } from './wildcard-projection.ts';

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
  const strings = collation instanceof BsonDocument ? parseCollation(collation) : undefined;
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
    partialFilter:
      partial instanceof BsonDocument
        ? parseFilter(partial, { place: 'partialFilter', collation: strings })
        : undefined,
    collation: strings,
    wildcardProjection: wildcard instanceof BsonDocument ? wildcard : undefined,
    flatRange: flatRangeOf(specification),
    text: isTextKey(keyPattern) ? textIndexOptions(specification) : undefined,
  };
}

/** `min` and `max` of a 2d index. */
function flatRangeOf(specification: BsonDocument): FlatRange {
  const min = specification.get('min');
  const max = specification.get('max');
  return { min: isNumeric(min) ? toDouble(min) : -180, max: isNumeric(max) ? toDouble(max) : 180 };
}

/** An index in a table of its own. */
export function makeIndex(
  specification: BsonDocument,
  table: TableId,
  isMultikey = false,
  multikeyPaths: readonly string[] = [],
): Index {
  return {
    specification,
    table,
    descriptor: descriptorOf(specification, isMultikey, multikeyPaths),
    isPreparedUnique: specification.get('prepareUnique') === true,
  };
}

/** Reads the value of an option; undefined leaves the option out, because it says what goes without saying. */
type OptionParser = (value: Value, name: string) => Value | undefined;

const truth: OptionParser = (value, name) => {
  if (typeof value === 'boolean') return value ? true : undefined;
  if (isNumeric(value)) return isZeroNumber(value) ? undefined : true;
  throw new MongoError(
    'TypeMismatch',
    `The field '${name}' has value ${name}: ${printValue(value)}, which is not convertible to bool`,
  );
};

const boolean: OptionParser = (value, name) => {
  if (typeof value === 'boolean') return value ? true : undefined;
  throw mistyped(value, name, 'a boolean');
};

const document: OptionParser = (value, name) => {
  if (value instanceof BsonDocument) return value;
  throw mistyped(value, name, 'an object');
};

const text: OptionParser = (value, name) => {
  if (typeof value === 'string') return value;
  throw mistyped(value, name, 'a string');
};

const number: OptionParser = (value, name) => {
  if (isNumeric(value)) return value;
  throw mistyped(value, name, 'a number');
};

/** What is no number is no wrong type here but an index that cannot be. */
const expiry: OptionParser = (value, name) => {
  if (!isNumeric(value)) throw new MongoError('CannotCreateIndex', mistyped(value, name, 'a number').message);
  return indexExpiry(value);
};

const collation: OptionParser = (value, name) => {
  if (!(value instanceof BsonDocument)) throw mistyped(value, name, 'an object');
  if (value.isEmpty()) throw new MongoError('BadValue', `The field '${name}' cannot be an empty object.`);
  return parseCollation(value).specification;
};

const weights: OptionParser = (value, name) => {
  if (value instanceof BsonDocument || typeof value === 'string') return value;
  throw mistyped(value, name, 'an object');
};

function mistyped(value: Value, name: string, wanted: string): MongoError {
  return new MongoError('TypeMismatch', `The field '${name}' must be ${wanted}, but got ${typeName(value)}`);
}

/** Options that are kept, in the order in which they are shown. */
const keptOptions: Readonly<Record<string, OptionParser>> = {
  unique: truth,
  sparse: truth,
  expireAfterSeconds: expiry,
  partialFilterExpression: document,
  hidden: boolean,
  prepareUnique: truth,
  background: (value) => value,
  storageEngine: document,
  weights,
  default_language: text,
  language_override: text,
  textIndexVersion: number,
  '2dsphereIndexVersion': number,
  bits: number,
  min: number,
  max: number,
  wildcardProjection: document,
  collation,
};

/** Fields that mean nothing any more, or that are read before the others. */
const otherFields: ReadonlySet<string> = new Set(['v', 'key', 'name', 'ns', 'dropDups', 'clustered']);

/** Fields of a specification on `_id`. */
const idFields: ReadonlySet<string> = new Set(['v', 'key', 'name', 'ns', 'collation']);

/**
 * Checks a specification of createIndexes and answers it as listIndexes will show it. Throws CannotCreateIndex, BadValue,
 * TypeMismatch, FailedToParse, InvalidIndexSpecificationOption and others.
 */
export function parseIndexSpecification(given: BsonDocument, ignoresUnknown = false): BsonDocument {
  return explaining(given, () => parse(given, ignoresUnknown, false));
}

/** As `parseIndexSpecification`, for one that must be on `_id`. */
export function parseIdSpecification(given: BsonDocument): BsonDocument {
  return explaining(given, () => parse(given, false, true));
}

function explaining(given: BsonDocument, read: () => BsonDocument): BsonDocument {
  try {
    return read();
  } catch (thrown) {
    if (!isMongoError(thrown)) throw thrown;
    throw new MongoError(
      thrown.codeName,
      `Error in specification ${printDocument(given)} :: caused by :: ${thrown.message}`,
    );
  }
}

function parse(given: BsonDocument, ignoresUnknown: boolean, mustBeId: boolean): BsonDocument {
  const key = requireField(given, 'key');
  if (!(key instanceof BsonDocument)) throw mistyped(key, 'key', 'an object');
  const name = requireField(given, 'name');
  if (typeof name !== 'string') throw mistyped(name, 'name', 'a string');
  const version = versionOf(given.get('v'));
  checkName(name);
  const isId = mustBeId || isIdKey(key, [1, -1]);
  if (name === '_id_' && !isId) {
    throw new MongoError(
      'BadValue',
      `The index name '_id_' is reserved for the _id index, which must have key pattern {_id: 1}, found ${printDocument(key)}`,
    );
  }
  checkKnown(given, ignoresUnknown, isId);
  checkKeyPattern(key, version);
  const fields = new Map<string, Value>([
    ['v', version],
    ['key', key],
    ['name', isId ? '_id_' : name],
  ]);
  for (const [option, parser] of Object.entries(keptOptions)) {
    const value = given.get(option);
    const parsed = value === undefined ? undefined : parser(value, option);
    if (parsed !== undefined) fields.set(option, parsed);
  }
  if (isId && !isIdKey(key)) {
    throw new MongoError(
      'BadValue',
      `The field 'key' for an _id index must be {_id: 1}, but got ${printDocument(key)}`,
    );
  }
  checkCombination(fields, key, version);
  if (isTextKey(key)) completeTextIndex(fields, key);
  return BsonDocument.fromFields(fields);
}

function requireField(given: BsonDocument, name: string): Value {
  const value = given.get(name);
  if (value !== undefined) return value;
  throw new MongoError('FailedToParse', `The '${name}' field is a required property of an index specification`);
}

function versionOf(value: Value | undefined): number {
  if (value === undefined) return 2;
  if (!isNumeric(value)) throw mistyped(value, 'v', 'a number');
  const version = toDouble(value);
  if (!Number.isInteger(version) || !isInt32(version)) {
    throw new MongoError(
      'BadValue',
      `Index version must be representable as a 32-bit integer, but got ${printValue(value)}`,
    );
  }
  if (version === 1 || version === 2) return version;
  throw new MongoError('CannotCreateIndex', `Invalid index specification; cannot create an index with v=${version}`);
}

function checkName(name: string): void {
  if (name === '') throw new MongoError('CannotCreateIndex', 'index names cannot be empty');
  if (name === '*') throw new MongoError('BadValue', "The index name '*' is not valid.");
  if (name.includes('\0')) throw new MongoError('CannotCreateIndex', 'index names cannot contain null bytes');
}

function checkKnown(given: BsonDocument, ignoresUnknown: boolean, isId: boolean): void {
  for (const option of given.keys()) {
    const isKnown = isId ? idFields.has(option) : otherFields.has(option) || Object.hasOwn(keptOptions, option);
    if (isKnown || (ignoresUnknown && !Object.hasOwn(keptOptions, option))) continue;
    // Whether that is true of the index on _id, the collection knows.
    if (isId && option === 'clustered') continue;
    throw new MongoError(
      'InvalidIndexSpecificationOption',
      `The field '${option}' is not valid for an${isId ? ' _id' : ''} index specification. Specification: ${printDocument(given)}`,
    );
  }
}

function checkCombination(fields: ReadonlyMap<string, Value>, key: BsonDocument, version: number): void {
  const partial = fields.get('partialFilterExpression');
  if (partial !== undefined && fields.has('sparse')) {
    throw refuse('cannot mix "partialFilterExpression" and "sparse" options');
  }
  if (partial instanceof BsonDocument) parseFilter(partial, { place: 'partialFilter' });
  const projection = fields.get('wildcardProjection');
  checkWildcardProjection(key, projection instanceof BsonDocument ? projection : undefined);
  const kinds = new Set([...key.entries()].map(([field, value]) => kindOf(field, value)));
  if (kinds.has('wildcard')) {
    for (const option of ['unique', 'sparse', 'expireAfterSeconds', 'prepareUnique']) {
      if (fields.has(option)) throw refuse(`Index type 'wildcard' does not support the ${option} option`);
    }
    if (version < 2) throw refuse("Index type 'wildcard' is only supported in index version 2");
  }
  if (fields.has('expireAfterSeconds') && key.size() > 1) {
    throw refuse('TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  if (kinds.has('hashed') && fields.has('unique')) {
    throw new MongoError('Location16764', 'Currently hashed indexes cannot guarantee uniqueness. Use a regular index.');
  }
  if (fields.has('collation') && version < 2)
    throw refuse("The 'collation' option is only supported in index version 2");
  checkGeometry(fields);
}

function refuse(message: string): MongoError {
  return new MongoError('CannotCreateIndex', message);
}

function kindOf(field: string, value: Value): string {
  if (typeof value === 'string') return value;
  return isWildcard(field) ? 'wildcard' : 'ordered';
}

function checkGeometry(fields: ReadonlyMap<string, Value>): void {
  const bits = numberIn(fields, 'bits');
  if (bits !== undefined && !(bits >= 1 && bits <= 32)) {
    throw new MongoError('InvalidOptions', `bits for hash must be > 0 and <= 32, but ${bits} bits were specified`);
  }
  const [min = -180, max = 180] = [numberIn(fields, 'min'), numberIn(fields, 'max')];
  if (!(min < max)) {
    throw new MongoError(
      'InvalidOptions',
      `region for hash must be valid and have positive area, but [${min}, ${max}) was specified`,
    );
  }
  const version = numberIn(fields, '2dsphereIndexVersion');
  if (version !== undefined && ![1, 2, 3].includes(version)) {
    throw refuse(`unsupported geo index version { 2dsphereIndexVersion : ${version} }, only support versions: [1,2,3]`);
  }
}

function numberIn(fields: ReadonlyMap<string, Value>, option: string): number | undefined {
  const value = fields.get(option);
  return isNumeric(value) ? toDouble(value) : undefined;
}
