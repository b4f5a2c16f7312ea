/** Values to BSON bytes. One growing scratch buffer serves a whole document; what leaves is a copy of exact size. */
import { invariant } from '../error/invariant.ts';
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
  MaxKey,
  MinKey,
  millisecondsOf,
  ObjectId,
  Timestamp,
  WideDate,
} from './scalar.ts';
import { BsonType } from './type.ts';
import { BsonDocument, CodeWithScope, type Value } from './value.ts';

/** A buffer that has grown beyond this for one large document is not kept for the small ones that follow. */
const keptBytes = 1024 * 1024;

/** Appends BSON to a buffer that grows. */
export class BsonWriter {
  readonly #initialBytes: number;
  #buffer: Buffer;
  #at = 0;

  constructor(initialBytes = 1024) {
    this.#initialBytes = initialBytes;
    this.#buffer = Buffer.allocUnsafe(initialBytes);
  }

  /** Bytes that it holds, written or not. */
  get heldBytes(): number {
    return this.#buffer.length;
  }

  get length(): number {
    return this.#at;
  }

  /** The bytes so far, without a copy; valid until the next write or `reset`. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** A copy of the bytes so far, of exact size; the writer is empty again. */
  take(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#at);
    this.#buffer.copy(bytes, 0, 0, this.#at);
    this.reset();
    return bytes;
  }

  /** Empties the writer. What one large document made it grow to is let go of. */
  reset(): void {
    this.#at = 0;
    if (this.#buffer.length > keptBytes) this.#buffer = Buffer.allocUnsafe(this.#initialBytes);
  }

  #ensure(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }

  byte(value: number): void {
    this.#ensure(1);
    this.#buffer[this.#at++] = value;
  }

  int32(value: number): void {
    this.#ensure(4);
    this.#putInt32(value, this.#at);
    this.#at += 4;
  }

  /** Without the checks of `writeInt32LE`: whoever calls has made room, and gives an int32. */
  #putInt32(value: number, at: number): void {
    const buffer = this.#buffer;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value >>> 16;
    buffer[at + 3] = value >>> 24;
  }

  int64(value: bigint): void {
    if (value === 0n) {
      this.int32(0);
      this.int32(0);
      return;
    }
    this.#ensure(8);
    this.#at = this.#buffer.writeBigInt64LE(BigInt.asIntN(64, value), this.#at);
  }

  /** Without a bigint for every date of the calendar. */
  #date(date: Date): void {
    const milliseconds = date.getTime();
    if (date instanceof WideDate || Number.isNaN(milliseconds)) {
      this.int64(millisecondsOf(date));
      return;
    }
    this.int32(milliseconds | 0);
    this.int32(Math.floor(milliseconds / 0x1_0000_0000));
  }

  double(value: number): void {
    this.#ensure(8);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  raw(bytes: Uint8Array): void {
    this.#ensure(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** UTF-8 without length or terminator. */
  utf8(text: string): void {
    const length = text.length;
    this.#ensure(length * 3);
    const buffer = this.#buffer;
    let at = this.#at;
    if (length <= 32) {
      let index = 0;
      for (; index < length; index++) {
        const code = text.charCodeAt(index);
        if (code > 127) break;
        buffer[at++] = code;
      }
      if (index === length) {
        this.#at = at;
        return;
      }
    }
    this.#at += buffer.write(text, this.#at, 'utf8');
  }

  cstring(text: string): void {
    this.utf8(text);
    this.byte(0);
  }

  string(text: string): void {
    const start = this.#at;
    this.int32(0);
    this.utf8(text);
    this.byte(0);
    this.#putInt32(this.#at - start - 4, start);
  }

  /** Opens a document or array and answers where, for `close`. */
  open(): number {
    const start = this.#at;
    this.int32(0);
    return start;
  }

  close(start: number): void {
    this.byte(0);
    this.#putInt32(this.#at - start, start);
  }

  document(value: BsonDocument): void {
    const encoded = value.encoded;
    if (encoded !== undefined) {
      this.raw(encoded);
      return;
    }
    const start = this.open();
    for (const [name, field] of value.entries()) this.element(name, field);
    this.close(start);
  }

  array(values: readonly Value[]): void {
    const start = this.open();
    for (let index = 0; index < values.length; index++) this.element(String(index), values[index] as Value);
    this.close(start);
  }

  /** One element of the open document: type, name, value. */
  element(name: string, value: Value): void {
    const typeAt = this.#at;
    this.byte(0);
    this.cstring(name);
    const type = this.#value(value);
    // Only now: the value may have moved the document to a larger buffer.
    this.#buffer[typeAt] = type;
  }

  #value(value: Value): number {
    switch (typeof value) {
      case 'number':
        if (isInt32(value)) {
          this.int32(value);
          return BsonType.int;
        }
        this.double(value);
        return BsonType.double;
      case 'string':
        this.string(value);
        return BsonType.string;
      case 'boolean':
        this.byte(value ? 1 : 0);
        return BsonType.bool;
      case 'bigint':
        this.int64(value);
        return BsonType.long;
    }
    if (value === null) return BsonType.null;
    if (value instanceof BsonDocument) {
      this.document(value);
      return BsonType.object;
    }
    if (Array.isArray(value)) {
      this.array(value);
      return BsonType.array;
    }
    return this.#scalar(value as Exclude<Value, number | string | boolean | bigint | null | BsonDocument>);
  }

  #scalar(value: Value): number {
    if (value instanceof ObjectId) {
      this.raw(value.id);
      return BsonType.objectId;
    }
    if (value instanceof Date) {
      this.#date(value);
      return BsonType.date;
    }
    if (value instanceof Double) {
      this.double(value.value);
      return BsonType.double;
    }
    if (value instanceof Decimal128) {
      this.raw(value.bytes);
      return BsonType.decimal;
    }
    if (value instanceof Timestamp) {
      this.int32(value.low);
      this.int32(value.high);
      return BsonType.timestamp;
    }
    if (value instanceof Binary) {
      this.#binary(value);
      return BsonType.binData;
    }
    return this.#rare(value);
  }

  #binary(value: Binary): void {
    const bytes = value.value();
    const repeatsLength = value.sub_type === Binary.SUBTYPE_BYTE_ARRAY;
    this.int32(bytes.length + (repeatsLength ? 4 : 0));
    this.byte(value.sub_type);
    if (repeatsLength) this.int32(bytes.length);
    this.raw(bytes);
  }

  #rare(value: Value): number {
    if (value instanceof BSONRegExp) {
      this.cstring(value.pattern);
      this.cstring(value.options);
      return BsonType.regex;
    }
    if (value instanceof BsonUndefined) return BsonType.undefined;
    if (value instanceof MinKey) return BsonType.minKey;
    if (value instanceof MaxKey) return BsonType.maxKey;
    if (value instanceof Code) {
      this.string(value.code);
      return BsonType.javascript;
    }
    if (value instanceof BSONSymbol) {
      this.string(value.value);
      return BsonType.symbol;
    }
    if (value instanceof DBPointer) {
      this.string(value.namespace);
      this.raw(value.id.id);
      return BsonType.dbPointer;
    }
    if (value instanceof CodeWithScope) {
      const start = this.open();
      this.string(value.code);
      this.document(value.scope);
      this.#buffer.writeInt32LE(this.#at - start, start);
      return BsonType.javascriptWithScope;
    }
    return invariant(false, `no BSON encoding for ${String(value)}`);
  }
}

const scratch = new BsonWriter(64 * 1024);

/** The document's BSON bytes, of exact size. Encoded once, then kept with the document. */
export function encodeDocument(document: BsonDocument): Buffer {
  if (document.encoded !== undefined) return document.encoded;
  scratch.reset();
  scratch.document(document);
  const bytes = scratch.take();
  document.keepEncoded(bytes);
  return bytes;
}
