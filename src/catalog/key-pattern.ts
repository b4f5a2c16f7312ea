/** Key patterns: which fields an index may have and how, before anything else about the index is known. */
import { toDouble } from '../bson/number.ts';
import { printDocument } from '../bson/print.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';

/** Kinds of index that a key pattern names by a string. */
const plugins: ReadonlySet<string> = new Set(['hashed', 'text', '2d', '2dsphere']);

/** Parts of a database reference: the only fields below the first that may begin with a dollar. */
const referenceFields: ReadonlySet<string> = new Set(['$ref', '$id', '$db']);

/** Throws CannotCreateIndex, 13103 and others for a pattern that no index can have. */
export function checkKeyPattern(key: BsonDocument, version: number): void {
  if (key.isEmpty()) throw refuse('Index keys cannot be an empty field.');
  if (key.size() > limits.fieldsPerIndex) throw new MongoError('Location13103', 'too many compound keys');
  const seen = new Set<string>();
  for (const [field, value] of key.entries()) {
    if (seen.has(field)) {
      throw new MongoError(
        'BadValue',
        `The field '${field}' appears multiple times in the index key pattern ${printDocument(key)}`,
      );
    }
    seen.add(field);
    checkValue(field, value, key, version);
    checkField(field, key);
  }
  checkPlugins(key);
}

function refuse(message: string): MongoError {
  return new MongoError('CannotCreateIndex', message);
}

function checkValue(field: string, value: Value, key: BsonDocument, version: number): void {
  if (typeof value === 'string') {
    if (value === '') throw refuse('Values in the index key pattern cannot be empty strings');
    if (!plugins.has(value)) throw refuse(`Unknown index plugin '${value}'`);
    if (isWildcard(field) && value !== 'text') {
      throw refuse(`A wildcard index cannot be of the type '${value}': ${printDocument(key)}`);
    }
    return;
  }
  if (version < 2 && !isWildcard(field)) return;
  if (!isNumeric(value)) {
    throw refuse(
      `Values in v:2 index key pattern cannot be of type ${typeName(value)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
    );
  }
  const direction = toDouble(value);
  if (Number.isNaN(direction)) throw refuse('Values in the index key pattern cannot be NaN.');
  if (direction === 0) throw refuse('Values in the index key pattern cannot be 0.');
}

/** Whether a field of a key pattern stands for all fields below a path. */
export function isWildcard(field: string): boolean {
  return field === '$**' || field.endsWith('.$**');
}

function checkField(field: string, key: BsonDocument): void {
  const parts = field.split('.');
  if (parts.includes('')) {
    throw refuse(`Index keys cannot contain an empty field: ${printDocument(key)}`);
  }
  parts.forEach((part, at) => {
    if (!part.startsWith('$')) return;
    if (at > 0 && referenceFields.has(part)) return;
    if (part === '$**' && at === parts.length - 1) return;
    throw refuse(`Index key contains an illegal field name: field name starts with '$': ${printDocument(key)}`);
  });
}

function checkPlugins(key: BsonDocument): void {
  const named = [...key.entries()].filter(([, value]) => typeof value === 'string');
  const kinds = new Set(named.map(([, value]) => value));
  if (kinds.size > 1) throw refuse(`Can't use more than one index plugin for a single index.`);
  if (kinds.has('hashed') && named.length > 1) {
    throw new MongoError(
      'Location31303',
      `A maximum of one index field is allowed to be hashed but found ${named.length} for 'key' ${printDocument(key)}`,
    );
  }
  if (kinds.has('2d')) {
    if (named.length > 1) throw new MongoError('Location16800', "can't have 2 geo fields");
    if (key.firstKey() !== named[0]?.[0]) throw new MongoError('Location16801', '2d has to be first in index');
  }
  const wildcards = [...key.entries()].filter(([field, value]) => isWildcard(field) && typeof value !== 'string');
  if (wildcards.length > 1) {
    throw new MongoError('Location7246201', 'A compound wildcard index can have only one wildcard field');
  }
  if (wildcards.length === 1 && kinds.size > 0) throw refuse('A wildcard index cannot have fields of other kinds');
}
