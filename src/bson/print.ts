/** Values as MongoDB prints them in error messages: relaxed, close to the shell, cut when long. */
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBPointer,
  Decimal128,
  Double,
  isInt32,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from './scalar.ts';
import { BsonDocument, CodeWithScope, type Value } from './value.ts';

/** One value in a message: `5`, `5.0`, `"text"`, `{ a: 1 }`, `[ 1, 2 ]`, `ObjectId('…')`. Missing prints as `missing`. */
export function printValue(value: Value | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'number':
      return isInt32(value) ? String(value) : printDouble(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'string':
      return JSON.stringify(value);
  }
  if (value === null) return 'null';
  if (value instanceof BsonDocument) return printDocument(value);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(printValue).join(', ')} ]`;
  return printScalar(value as Exclude<Value, number | bigint | boolean | string | null | BsonDocument>);
}

/** A double with a point or exponent, so that it does not read as an integer. */
export function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan.0';
  if (!Number.isFinite(value)) return value > 0 ? 'inf.0' : '-inf.0';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A document as `{ name: value, … }`. */
export function printDocument(document: BsonDocument): string {
  const fields = [...document.entries()].map(([name, value]) => `${name}: ${printValue(value)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function printScalar(value: Value): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Double) return printDouble(value.value);
  if (value instanceof Decimal128) return value.toString();
  if (value instanceof Timestamp) return `Timestamp(${value.t}, ${value.i})`;
  if (value instanceof Binary) {
    if (value.sub_type === Binary.SUBTYPE_UUID && value.position === 16) return `UUID("${value.toUUID().toString()}")`;
    return `BinData(${value.sub_type}, ${Buffer.from(value.value()).toString('hex').toUpperCase()})`;
  }
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof Code) return value.code;
  if (value instanceof CodeWithScope) return `CodeWScope(${value.code}, ${printDocument(value.scope)})`;
  if (value instanceof BSONSymbol) return JSON.stringify(value.value);
  if (value instanceof DBPointer) return `DBRef('${value.namespace}', ${value.id.toHexString()})`;
  if (value instanceof MinKey) return 'MinKey';
  return value instanceof MaxKey ? 'MaxKey' : 'undefined';
}
