/** The `queries` of an encrypted field: what clients want to ask of it although the server cannot read it. */
import { compareValues } from '../../bson/compare.ts';
import { toDouble } from '../../bson/number.ts';
import { any, bool, type FieldParser, oneOf, optional, required, structure, wrongType } from '../../bson/structure.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

const textTypes: ReadonlySet<string> = new Set(['suffixPreview', 'prefixPreview', 'substringPreview']);
const rangeTypes: ReadonlySet<string> = new Set(['int', 'long', 'double', 'decimal', 'date']);
const equalityRefused: ReadonlySet<string> = new Set(['double', 'decimal', 'object', 'array']);

/** A number without a fraction and within these limits. */
function whole(least: number, most = Number.MAX_SAFE_INTEGER): FieldParser<number> {
  return (value, path) => {
    if (!isNumeric(value)) throw wrongType(value, path, 'long', 'int', 'decimal', 'double');
    const number = toDouble(value);
    if (!Number.isInteger(number)) {
      throw new MongoError('FailedToParse', `BSON field '${path}' expected an integer, found ${number}`);
    }
    if (number >= least && number <= most) return number;
    const limit = number < least ? `>= ${least}` : `<= ${most}`;
    throw new MongoError('BadValue', `BSON field '${path}' value must be ${limit}, actual value '${number}'`);
  };
}

const parseQuery = structure('QueryTypeConfig', {
  queryType: required(oneOf('equality', 'range', 'suffixPreview', 'prefixPreview', 'substringPreview')),
  contention: optional(whole(0)),
  min: optional(any),
  max: optional(any),
  sparsity: optional(whole(1, 8)),
  precision: optional(whole(0)),
  trimFactor: optional(whole(0)),
  strMaxLength: optional(whole(1)),
  strMinQueryLength: optional(whole(1)),
  strMaxQueryLength: optional(whole(1)),
  caseSensitive: optional(bool),
  diacriticSensitive: optional(bool),
});

type EncryptedQuery = ReturnType<typeof parseQuery>;

/** Throws where the queries of one field cannot be answered, or not together. */
export function checkEncryptedQueries(given: readonly BsonDocument[], type: string | undefined, path: string): void {
  if (given.length === 0) {
    throw new MongoError('Location9783412', 'At least one query type should be defined per field');
  }
  const queries = given.map((query, at) => parseQuery(query, `${path}.${at}`));
  if (queries.length > 2) {
    throw new MongoError('Location9783413', `A field can have at most 2 query types, found ${queries.length}`);
  }
  if (queries.length === 2 && !areSuffixAndPrefix(queries)) {
    throw new MongoError(
      'Location9783414',
      'Multiple query types may only include the suffixPreview and prefixPreview query types',
    );
  }
  for (const query of queries) check(query, type);
}

function areSuffixAndPrefix(queries: readonly EncryptedQuery[]): boolean {
  const types = new Set(queries.map(({ queryType }) => queryType));
  return types.has('suffixPreview') && types.has('prefixPreview');
}

function check(query: EncryptedQuery, type: string | undefined): void {
  const { queryType } = query;
  if (textTypes.has(queryType)) checkText(query, type);
  else if (queryType === 'range') checkRange(query, type);
  else if (type !== undefined && equalityRefused.has(type)) {
    throw new MongoError('Location6338405', `Type '${type}' is not a supported equality indexed type`);
  }
}

function checkText({ queryType, ...query }: EncryptedQuery, type: string | undefined): void {
  if (type !== 'string') {
    throw new MongoError('Location9783400', `${queryType} can only be used on fields of bsonType string`);
  }
  const requirements = [
    ['Location9783402', 'strMinQueryLength'],
    ['Location9783403', 'strMaxQueryLength'],
    ['Location9783404', 'caseSensitive'],
    ['Location9783405', 'diacriticSensitive'],
  ] as const;
  for (const [code, field] of requirements) {
    if (query[field] === undefined) throw new MongoError(code, `${field} parameter is required for ${queryType}`);
  }
  const { strMinQueryLength = 0, strMaxQueryLength = 0 } = query;
  if (strMinQueryLength > strMaxQueryLength) {
    throw new MongoError('Location9783406', 'strMinQueryLength cannot be greater than strMaxQueryLength');
  }
}

function checkRange({ min, max, trimFactor }: EncryptedQuery, type: string | undefined): void {
  if (type === undefined || !rangeTypes.has(type)) {
    throw new MongoError('Location6775201', `Type '${type}' is not a supported range indexed type`);
  }
  for (const bound of [min, max]) {
    if (bound !== undefined && typeName(bound) !== type) {
      throw new MongoError(
        'Location7018200',
        `Range index bounds must be of the field's type ${type}, found ${typeName(bound)}`,
      );
    }
  }
  if (min !== undefined && max !== undefined && compareValues(min, max) >= 0) {
    throw new MongoError('Location6720005', 'Min must be less than max in a range index');
  }
  if (trimFactor !== undefined && trimFactor >= domainBits(type, min, max)) {
    throw new MongoError(
      'Location8574000',
      `trimFactor must be less than the total number of bits, found ${trimFactor}`,
    );
  }
}

/** Bits that it takes to tell the values of a range apart. */
function domainBits(type: string, min: Value | undefined, max: Value | undefined): number {
  if (isNumeric(min) && isNumeric(max) && (type === 'int' || type === 'long')) {
    return Math.ceil(Math.log2(toDouble(max) - toDouble(min) + 1));
  }
  return type === 'int' ? 32 : type === 'decimal' ? 128 : 64;
}
