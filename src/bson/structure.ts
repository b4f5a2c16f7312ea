/**
 * Strict documents: what MongoDB describes in its interface definitions and refuses with 40413 (duplicate), 40414 (missing),
 * 40415 (unknown) and 14 (type). A structure is declared once as a literal and parses many documents into typed values.
 *
 *   const parseCount = structure('count', { query: optional(object), limit: optional(integral), hint: optional(any) });
 *   const { query, limit } = parseCount(body);
 *
 * null and BSON undefined count as absent, as they do in MongoDB's strict structures.
 */
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { FieldNames } from './field-names.ts';
import { isZeroNumber, toWholeNumber } from './number.ts';
import { readInt32, readName, skipValue, valueOffset } from './read.ts';
import { Binary, ObjectId, Timestamp } from './scalar.ts';
import { BsonType, type BsonTypeName } from './type.ts';
import { BsonDocument, decodeValue, type Value } from './value.ts';
import { isNumeric, typeName } from './value-type.ts';
import { encodeDocument } from './write.ts';

/** Turns a present, non-null value into what it means, or throws; `path` names it in messages (`find.limit`). */
export type FieldParser<T> = (value: Value, path: string) => T;

export interface Field<T> {
  readonly parse: FieldParser<T>;
  readonly isRequired: boolean;
  /** null reaches the parser instead of counting as absent. */
  readonly takesNull?: boolean;
}

/** A field that may be absent; then undefined. */
export function optional<T>(parse: FieldParser<T>): Field<T | undefined> {
  return { parse, isRequired: false };
}

/** A field whose absence is 40414. */
export function required<T>(parse: FieldParser<T>): Field<T> {
  return { parse, isRequired: true };
}

/** A field that may be absent, but for which null is a value like any other. */
export function optionalNotNull<T>(parse: FieldParser<T>): Field<T | undefined> {
  return { parse, isRequired: false, takesNull: true };
}

/** A field whose absence is 40414, and for which null is a value like any other. */
export function requiredNotNull<T>(parse: FieldParser<T>): Field<T> {
  return { parse, isRequired: true, takesNull: true };
}

export type Parsed<Fields extends Readonly<Record<string, Field<unknown>>>> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Field<infer T> ? T : never;
};

export interface StructureOptions {
  /** Names that are passed over in silence: the generic fields of every command. */
  readonly ignored?: ReadonlySet<string>;
  /** Unknown fields are passed over too. Default false: 40415. */
  readonly isOpen?: boolean;
}

/** Numbers from 0 to 63, without an allocation for each. */
class SmallSet {
  #low = 0;
  #high = 0;

  /** Answers whether the number was not there yet. */
  add(number: number): boolean {
    const bit = 1 << (number & 31);
    const before = number < 32 ? this.#low : this.#high;
    if (number < 32) this.#low |= bit;
    else this.#high |= bit;
    return (before & bit) === 0;
  }
}

/** A parser of documents with exactly these fields, at most 64; `name` stands before the field in messages. */
export function structure<Fields extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  fields: Fields,
  options: StructureOptions = {},
): (document: BsonDocument, path?: string) => Parsed<Fields> {
  const keys = Object.keys(fields);
  invariant(keys.length <= 64, `${name} has few enough fields`);
  const rows = Object.values<Field<unknown>>(fields);
  const required = keys.filter((_, place) => rows[place]?.isRequired === true);
  const names = new FieldNames(keys);
  const ignored = new FieldNames([...(options.ignored ?? [])]);
  const passesOver = (bytes: Buffer, start: number, end: number): boolean =>
    options.isOpen === true || ignored.find(bytes, start, end) >= 0;
  return (document, path = name) => {
    const parsed: Record<string, unknown> = {};
    const seen = new SmallSet();
    const bytes = encodeDocument(document);
    const end = readInt32(bytes, 0) - 1;
    for (let element = 4; element < end; ) {
      const at = valueOffset(bytes, element);
      const type = bytes[element] as number;
      const place = names.find(bytes, element + 1, at - 1);
      if (place >= 0) {
        const key = keys[place] as string;
        const row = rows[place] as Field<unknown>;
        if (!seen.add(place)) {
          throw new MongoError('IDLDuplicateField', `BSON field '${path}.${key}' is a duplicate field`);
        }
        const isAbsent = (type === BsonType.null || type === BsonType.undefined) && row.takesNull !== true;
        if (!isAbsent) parsed[key] = row.parse(decodeValue(bytes, type, at), `${path}.${key}`);
      } else if (!passesOver(bytes, element + 1, at - 1)) {
        const key = readName(bytes, element);
        throw new MongoError('IDLUnknownField', `BSON field '${path}.${key}' is an unknown field.`);
      }
      element = skipValue(bytes, type, at);
    }
    for (const key of required) {
      if (parsed[key] !== undefined) continue;
      throw new MongoError('IDLFailedToParse', `BSON field '${path}.${key}' is missing but a required field`);
    }
    return parsed as Parsed<Fields>;
  };
}

/** 14: the value at `path` is not of one of these types. */
export function wrongType(value: Value, path: string, ...expected: readonly BsonTypeName[]): MongoError {
  const wanted = expected.length === 1 ? `type '${expected[0]}'` : `types '[${expected.join(', ')}]'`;
  return new MongoError(
    'TypeMismatch',
    `BSON field '${path}' is the wrong type '${typeName(value)}', expected ${wanted}`,
  );
}

/** Any value, null excepted. */
export const any: FieldParser<Value> = (value) => value;

export const object: FieldParser<BsonDocument> = (value, path) => {
  if (value instanceof BsonDocument) return value;
  throw wrongType(value, path, 'object');
};

export const string: FieldParser<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw wrongType(value, path, 'string');
};

export const bool: FieldParser<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw wrongType(value, path, 'bool');
};

/** A bool, or a number that stands for one. */
export const lenientBool: FieldParser<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  if (isNumeric(value)) return !isZeroNumber(value);
  throw wrongType(value, path, 'bool', 'long', 'int', 'decimal', 'double');
};

/** Exactly an int64. */
export const long: FieldParser<bigint> = (value, path) => {
  if (typeof value === 'bigint') return value;
  throw wrongType(value, path, 'long');
};

/** A number of any type as `toWholeNumber` reads it; a JavaScript number, so inexact beyond ±2^53. */
export const integral: FieldParser<number> = (value, path) => {
  if (isNumeric(value)) return Number(toWholeNumber(value));
  throw wrongType(value, path, 'long', 'int', 'decimal', 'double');
};

/** As `integral`, and not below zero (BadValue 2, in MongoDB's words). */
export const nonNegative: FieldParser<number> = (value, path) => {
  const number = integral(value, path);
  if (number >= 0) return number;
  throw new MongoError('BadValue', `BSON field '${fieldOf(path)}' value must be >= 0, actual value '${number}'`);
};

function fieldOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

export const array: FieldParser<readonly Value[]> = (value, path) => {
  if (Array.isArray(value)) return value;
  throw wrongType(value, path, 'array');
};

/** An array whose elements all parse; their path is `path.index`. */
export function arrayOf<T>(parse: FieldParser<T>): FieldParser<readonly T[]> {
  return (value, path) => array(value, path).map((element, index) => parse(element, `${path}.${index}`));
}

/** A nested strict document. */
export function nested<T>(parse: (document: BsonDocument, path?: string) => T): FieldParser<T> {
  return (value, path) => parse(object(value, path), path);
}

/** One of these strings, else BadValue. */
export function oneOf<const Choice extends string>(...choices: readonly Choice[]): FieldParser<Choice> {
  return (value, path) => {
    const text = string(value, path);
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new MongoError('BadValue', `Enumeration value '${text}' for field '${path}' is not a valid value.`);
  };
}

export const objectId: FieldParser<ObjectId> = (value, path) => {
  if (value instanceof ObjectId) return value;
  throw wrongType(value, path, 'objectId');
};

export const timestamp: FieldParser<Timestamp> = (value, path) => {
  if (value instanceof Timestamp) return value;
  throw wrongType(value, path, 'timestamp');
};

/** BinData of subtype 4 and 16 bytes. */
export const uuid: FieldParser<Buffer> = (value, path) => {
  if (!(value instanceof Binary)) throw wrongType(value, path, 'binData');
  const bytes = Buffer.from(value.value());
  if (value.sub_type === Binary.SUBTYPE_UUID && bytes.length === 16) return bytes;
  const problem = value.sub_type === Binary.SUBTYPE_UUID ? `length ${bytes.length}` : `subtype ${value.sub_type}`;
  throw new MongoError(
    'TypeMismatch',
    `BSON field '${path}' is binData of ${problem}, expected a UUID (subtype 4, 16 bytes)`,
  );
};

/** A string or a document, or whatever else is among these types; for fields with several forms. */
export function anyOf(...types: readonly BsonTypeName[]): FieldParser<Value> {
  return (value, path) => {
    if (types.includes(typeName(value))) return value;
    throw wrongType(value, path, ...types);
  };
}
