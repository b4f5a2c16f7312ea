import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  BsonUndefined,
  Code,
  DBPointer,
  Decimal128,
  Double,
  isInt32,
  MinKey,
  type Numeric,
  ObjectId,
  Timestamp,
} from './scalar.ts';
import type { BsonTypeName } from './type.ts';
import { BsonDocument, CodeWithScope, type Value } from './value.ts';

/** The value's BSON type by MongoDB's alias. */
export function typeName(value: Value): BsonTypeName {
  switch (typeof value) {
    case 'number':
      return isInt32(value) ? 'int' : 'double';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
  }
  return value === null ? 'null' : objectTypeName(value);
}

function objectTypeName(value: Exclude<Value, number | string | boolean | bigint | null>): BsonTypeName {
  if (value instanceof BsonDocument) return 'object';
  if (Array.isArray(value)) return 'array';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof Date) return 'date';
  if (value instanceof Double) return 'double';
  if (value instanceof Decimal128) return 'decimal';
  if (value instanceof Binary) return 'binData';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof BSONRegExp) return 'regex';
  if (value instanceof BsonUndefined) return 'undefined';
  if (value instanceof Code) return 'javascript';
  if (value instanceof CodeWithScope) return 'javascriptWithScope';
  if (value instanceof BSONSymbol) return 'symbol';
  if (value instanceof DBPointer) return 'dbPointer';
  return value instanceof MinKey ? 'minKey' : 'maxKey';
}

/** Whether the value is of one of the four numeric types. */
export function isNumeric(value: Value | undefined): value is Numeric {
  return (
    typeof value === 'number' || typeof value === 'bigint' || value instanceof Double || value instanceof Decimal128
  );
}

/** Whether the value is null, BSON undefined or missing. */
export function isNullish(value: Value | undefined): value is null | undefined | BsonUndefined {
  return value === null || value === undefined || value instanceof BsonUndefined;
}
