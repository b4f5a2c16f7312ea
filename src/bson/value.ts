/**
 * How BSON values live in memory, without losing their type:
 *
 *   int32       a JavaScript number that is integral, in range and not -0
 *   double      any other JavaScript number; an integral one that would read as int32 is wrapped in `Double`
 *   int64       a bigint
 *   decimal128, objectId, binData, timestamp, regex, javascript, symbol, minKey, maxKey: the classes of the `bson` package
 *   date        a Date; a `WideDate` beyond what JavaScript's own can hold
 *   object      a BsonDocument, array: a JavaScript array
 *   missing     JavaScript undefined, which is never a value inside a document
 */
import { invariant } from '../error/invariant.ts';
import { encodeName, findField, readCString, readInt32, readName, readUtf8, skipValue, valueOffset } from './read.ts';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  type BsonUndefined,
  bsonUndefined,
  Code,
  DBPointer,
  Decimal128,
  dateOf,
  double,
  type MaxKey,
  type MinKey,
  maxKey,
  minKey,
  type Numeric,
  ObjectId,
  Timestamp,
} from './scalar.ts';
import { BsonType } from './type.ts';

export type Value =
  | Numeric
  | string
  | boolean
  | null
  | BsonDocument
  | readonly Value[]
  | ObjectId
  | Date
  | Binary
  | Timestamp
  | BSONRegExp
  | Code
  | CodeWithScope
  | BSONSymbol
  | DBPointer
  | BsonUndefined
  | MinKey
  | MaxKey;

/** The deprecated BSON type 15. */
export class CodeWithScope {
  readonly code: string;
  readonly scope: BsonDocument;
  constructor(code: string, scope: BsonDocument) {
    this.code = code;
    this.scope = scope;
  }
}

/**
 * A document in one of two forms: the bytes it came in, read where they lie, or a map of fields that the language built.
 * Immutable from outside. Bytes win for copying (a stored document goes into a reply unread); fields win for building.
 * A document of bytes keeps duplicate field names; `get` answers the first, as MongoDB does.
 */
export class BsonDocument {
  #bytes: Buffer | undefined;
  #fields: Map<string, Value> | undefined;

  private constructor(bytes: Buffer | undefined, fields: Map<string, Value> | undefined) {
    this.#bytes = bytes;
    this.#fields = fields;
  }

  static readonly empty: BsonDocument = new BsonDocument(Buffer.from([5, 0, 0, 0, 0]), undefined);

  /** A document over bytes that hold exactly one valid BSON document. The bytes must not change afterwards. */
  static fromBytes(bytes: Buffer): BsonDocument {
    return new BsonDocument(bytes, undefined);
  }

  /** A document that takes over this map; the caller gives it up. */
  static fromFields(fields: Map<string, Value>): BsonDocument {
    return new BsonDocument(undefined, fields);
  }

  /** The first value under this name, or undefined. */
  get(name: string): Value | undefined {
    if (this.#fields !== undefined) return this.#fields.get(name);
    const bytes = this.#bytes as Buffer;
    const encoded = encodeName(name);
    const element = findField(bytes, 0, encoded);
    return element < 0 ? undefined : decodeValue(bytes, bytes[element] as number, element + encoded.length + 2);
  }

  has(name: string): boolean {
    if (this.#fields !== undefined) return this.#fields.has(name);
    return findField(this.#bytes as Buffer, 0, encodeName(name)) >= 0;
  }

  /** Fields in document order, duplicates included. */
  *entries(): IterableIterator<[string, Value]> {
    if (this.#fields !== undefined) {
      yield* this.#fields;
      return;
    }
    const bytes = this.#bytes as Buffer;
    const end = readInt32(bytes, 0) - 1;
    for (let element = 4; element < end; ) {
      const type = bytes[element] as number;
      const at = valueOffset(bytes, element);
      yield [readName(bytes, element), decodeValue(bytes, type, at)];
      element = skipValue(bytes, type, at);
    }
  }

  [Symbol.iterator](): IterableIterator<[string, Value]> {
    return this.entries();
  }

  *keys(): IterableIterator<string> {
    if (this.#fields !== undefined) {
      yield* this.#fields.keys();
      return;
    }
    const bytes = this.#bytes as Buffer;
    const end = readInt32(bytes, 0) - 1;
    for (let element = 4; element < end; ) {
      yield readName(bytes, element);
      element = skipValue(bytes, bytes[element] as number, valueOffset(bytes, element));
    }
  }

  /** Name of the first field (the command's name, the operator's name), or undefined in an empty document. */
  firstKey(): string | undefined {
    if (this.isEmpty()) return undefined;
    if (this.#fields === undefined) return readName(this.#bytes as Buffer, 4);
    const first = this.#fields.keys().next();
    return first.done ? undefined : first.value;
  }

  /** Number of fields, duplicates included. */
  size(): number {
    if (this.#fields !== undefined) return this.#fields.size;
    let count = 0;
    for (const _ of this.keys()) count++;
    return count;
  }

  isEmpty(): boolean {
    return this.#fields !== undefined ? this.#fields.size === 0 : (this.#bytes as Buffer).length <= 5;
  }

  /** A fresh map of the fields, first value of each name, that the caller may change. */
  toFields(): Map<string, Value> {
    if (this.#fields !== undefined) return new Map(this.#fields);
    const fields = new Map<string, Value>();
    for (const [name, value] of this.entries()) if (!fields.has(name)) fields.set(name, value);
    return fields;
  }

  /** The bytes, where the document is held as bytes; `encodeDocument` in write.ts gives them in any case. */
  get encoded(): Buffer | undefined {
    return this.#bytes;
  }

  /** Keeps the encoded form beside the fields. For `encodeDocument` alone. */
  keepEncoded(bytes: Buffer): void {
    this.#bytes = bytes;
  }
}

function decodeArray(bytes: Buffer, at: number): Value[] {
  const end = at + readInt32(bytes, at) - 1;
  const values: Value[] = [];
  for (let element = at + 4; element < end; ) {
    const type = bytes[element] as number;
    const value = valueOffset(bytes, element);
    values.push(decodeValue(bytes, type, value));
    element = skipValue(bytes, type, value);
  }
  return values;
}

function decodeBinary(bytes: Buffer, at: number): Binary {
  const length = readInt32(bytes, at);
  const subType = bytes[at + 4] as number;
  // Subtype 2 repeats its length inside; the payload is what lies behind that.
  const start = subType === Binary.SUBTYPE_BYTE_ARRAY ? at + 9 : at + 5;
  return new Binary(bytes.subarray(start, at + 5 + length), subType);
}

/** Upper halves of the milliseconds of all dates that JavaScript's own can hold lie between this and its negative. */
const widestUpperHalf = 2_000_000;

/** Without a bigint for every date of the calendar. */
function readDate(bytes: Buffer, at: number): Date {
  const upperHalf = readInt32(bytes, at + 4);
  if (upperHalf >= widestUpperHalf || upperHalf <= -widestUpperHalf) return dateOf(bytes.readBigInt64LE(at));
  return new Date(upperHalf * 0x1_0000_0000 + (readInt32(bytes, at) >>> 0));
}

/** The value of this type that starts at `at`. Embedded documents stay bytes; arrays are decoded one level. */
export function decodeValue(bytes: Buffer, type: number, at: number): Value {
  switch (type) {
    case BsonType.int:
      return readInt32(bytes, at);
    case BsonType.double:
      return double(bytes.readDoubleLE(at));
    case BsonType.string:
      return readUtf8(bytes, at + 4, at + 3 + readInt32(bytes, at));
    case BsonType.object:
      return BsonDocument.fromBytes(bytes.subarray(at, at + readInt32(bytes, at)));
    case BsonType.array:
      return decodeArray(bytes, at);
    case BsonType.long:
      return bytes.readBigInt64LE(at);
    case BsonType.bool:
      return bytes[at] === 1;
    case BsonType.null:
      return null;
    case BsonType.objectId:
      return new ObjectId(bytes.subarray(at, at + 12));
    case BsonType.date:
      return readDate(bytes, at);
    case BsonType.timestamp:
      return new Timestamp(bytes.readBigUInt64LE(at));
    case BsonType.decimal:
      return new Decimal128(bytes.subarray(at, at + 16));
    case BsonType.binData:
      return decodeBinary(bytes, at);
    default:
      return decodeRareValue(bytes, type, at);
  }
}

function decodeRareValue(bytes: Buffer, type: number, at: number): Value {
  switch (type) {
    case BsonType.regex: {
      const pattern = readCString(bytes, at);
      return new BSONRegExp(pattern.text, readCString(bytes, pattern.end).text);
    }
    case BsonType.minKey:
      return minKey;
    case BsonType.maxKey:
      return maxKey;
    case BsonType.undefined:
      return bsonUndefined;
    case BsonType.javascript:
      return new Code(readUtf8(bytes, at + 4, at + 3 + readInt32(bytes, at)));
    case BsonType.symbol:
      return new BSONSymbol(readUtf8(bytes, at + 4, at + 3 + readInt32(bytes, at)));
    case BsonType.dbPointer: {
      const end = at + 4 + readInt32(bytes, at);
      return new DBPointer(readUtf8(bytes, at + 4, end - 1), new ObjectId(bytes.subarray(end, end + 12)));
    }
    case BsonType.javascriptWithScope: {
      const end = at + 8 + readInt32(bytes, at + 4);
      const scope = BsonDocument.fromBytes(bytes.subarray(end, end + readInt32(bytes, end)));
      return new CodeWithScope(readUtf8(bytes, at + 8, end - 1), scope);
    }
    default:
      return invariant(false, `BSON type ${type} at offset ${at} passed validation`);
  }
}
