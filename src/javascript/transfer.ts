/**
 * Values on their way into the sandbox and back, as JSON text: strings, booleans, null and numbers stand for themselves,
 * everything else is an array that begins with a tag. The other end is in prelude.ts.
 *
 *   ["o", name, value, …]   document        ["a", value, …]   array           ["l", "5"]   int64      ["D", "5"]  decimal
 *   ["d", "NaN"]  double that JSON cannot tell or that is integral     ["n", 5]  int32, on the way back alone
 */
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  bsonUndefined,
  Code,
  DBPointer,
  Decimal128,
  Double,
  dateOf,
  double,
  int64Max,
  int64Min,
  isInt32,
  MaxKey,
  maxKey,
  millisecondsOf,
  minKey,
  ObjectId,
  Timestamp,
} from '../bson/scalar.ts';
import { BsonDocument, CodeWithScope, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';

type Json = string | number | boolean | null | readonly Json[];

/** The text of these values as one list. */
export function writeValues(values: readonly Value[]): string {
  return JSON.stringify(values.map(toJson));
}

function toJson(value: Value): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return numberToJson(value);
  if (typeof value === 'bigint') return ['l', String(value)];
  if (value instanceof BsonDocument) {
    const json: Json[] = ['o'];
    for (const [name, inner] of value.entries()) json.push(name, toJson(inner));
    return json;
  }
  if (Array.isArray(value)) return ['a', ...value.map(toJson)];
  return scalarToJson(value as Exclude<typeof value, readonly Value[]>);
}

function numberToJson(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return ['d', Object.is(value, -0) ? '-0' : String(value)];
}

function scalarToJson(value: Exclude<Value, Json | bigint | BsonDocument>): Json {
  if (value instanceof Double) return ['d', String(value.value)];
  if (value instanceof Decimal128) return ['D', value.toString()];
  if (value instanceof ObjectId) return ['i', value.toHexString()];
  if (value instanceof Date) return ['t', Number(millisecondsOf(value))];
  if (value instanceof Binary) return ['b', value.sub_type, Buffer.from(value.value()).toString('base64')];
  if (value instanceof Timestamp) return ['T', value.getHighBitsUnsigned(), value.getLowBitsUnsigned()];
  if (value instanceof BSONRegExp) return ['r', value.pattern, value.options];
  if (value instanceof Code) return ['c', String(value.code)];
  if (value instanceof CodeWithScope) return ['C', value.code, toJson(value.scope)];
  if (value instanceof BSONSymbol) return ['y', value.valueOf()];
  if (value instanceof DBPointer) return ['p', value.namespace, value.id.toHexString()];
  if (value === bsonUndefined) return ['u'];
  return value instanceof MaxKey ? ['M'] : ['m'];
}

/** The value that a client's code gave. Throws JSInterpreterFailure for what no BSON can hold. */
export function readValue(text: string): Value {
  return fromJson(JSON.parse(text) as Json);
}

function fromJson(json: Json): Value {
  if (typeof json === 'number') return double(json);
  if (!Array.isArray(json)) return json as string | boolean | null;
  const [tag, ...parts] = json as [string, ...Json[]];
  if (tag === 'a') return parts.map(fromJson);
  if (tag === 'o') return documentOf(parts);
  return scalarOf(tag, parts);
}

function documentOf(parts: readonly Json[]): BsonDocument {
  const fields = new Map<string, Value>();
  for (let at = 0; at < parts.length; at += 2) {
    const name = String(parts[at]);
    if (name.includes('\0')) throw unfit(`the name of a field contains a null byte: ${JSON.stringify(name)}`);
    fields.set(name, fromJson(parts[at + 1] as Json));
  }
  return BsonDocument.fromFields(fields);
}

function unfit(problem: string): MongoError {
  return new MongoError('JSInterpreterFailure', problem);
}

function scalarOf(tag: string, parts: readonly Json[]): Value {
  const [first, second] = parts;
  const text = String(first);
  switch (tag) {
    case 'n':
      return isInt32(Number(first)) ? Number(first) : double(Number(first));
    case 'd':
      return double(Number(text));
    case 'l':
      return longOf(text);
    case 'D':
      return decimalOf(text);
    case 'i':
      return new ObjectId(text);
    case 't':
      return dateOf(BigInt(Number(first)));
    case 'b':
      return new Binary(Buffer.from(String(second), 'base64'), Number(first));
    case 'T':
      return new Timestamp({ t: Number(first), i: Number(second) });
    case 'r':
      return new BSONRegExp(text, String(second).replace(/[^imsux]/g, ''));
    default:
      return rareScalarOf(tag, text, second);
  }
}

function rareScalarOf(tag: string, text: string, second: Json | undefined): Value {
  switch (tag) {
    case 'c':
      return new Code(text);
    case 'C': {
      const scope = fromJson(second as Json);
      return new CodeWithScope(text, scope instanceof BsonDocument ? scope : BsonDocument.empty);
    }
    case 'y':
      return new BSONSymbol(text);
    case 'p':
      return new DBPointer(text, new ObjectId(String(second)));
    case 'm':
      return minKey;
    case 'M':
      return maxKey;
    default:
      return bsonUndefined;
  }
}

function longOf(text: string): bigint {
  const long = BigInt(text);
  if (long < int64Min || long > int64Max) throw unfit(`${text} does not fit into 64 bits`);
  return long;
}

const decimalText = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,6})?$|^[+-]?(inf(inity)?|nan)$/i;

function decimalOf(text: string): Decimal128 {
  if (!decimalText.test(text)) throw unfit(`${JSON.stringify(text)} is no decimal number`);
  return Decimal128.fromStringWithRounding(text);
}
