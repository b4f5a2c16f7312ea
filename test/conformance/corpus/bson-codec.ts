/** BSON bytes to values and back: https://bsonspec.org, every type, key order and duplicate keys kept. */
import type { BsonDocument, BsonValue, Entry } from './value.ts';

const codes = {
  double: 0x01,
  string: 0x02,
  object: 0x03,
  array: 0x04,
  binData: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  bool: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  javascript: 0x0d,
  symbol: 0x0e,
  javascriptWithScope: 0x0f,
  int: 0x10,
  timestamp: 0x11,
  long: 0x12,
  decimal: 0x13,
  maxKey: 0x7f,
  minKey: 0xff,
} as const;

/** Binary data of this old subtype repeats its length inside. */
const oldBinarySubType = 2;

/** Encodes a document. Throws for an approximation, and for a key with a NUL, which has no bytes. */
export function encodeDocument(document: BsonDocument): Buffer {
  return encodeEntries(document.entries);
}

function encodeEntries(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  for (const [key, value] of entries) {
    if (value.type === 'approx') throw new Error(`an approximation (at "${key}") stands only in expectations`);
    parts.push(Buffer.of(codes[value.type]), cString(key), encodeValue(value));
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length + 5), body, Buffer.of(0)]);
}

function encodeValue(value: BsonValue): Buffer {
  switch (value.type) {
    case 'object':
      return encodeEntries(value.entries);
    case 'array':
      return encodeEntries(value.items.map((item, index) => [String(index), item]));
    case 'double':
      return double(value.value);
    case 'string':
    case 'symbol':
      return lengthString(value.value);
    case 'binData':
      return encodeBinary(value.subType, value.bytes);
    case 'objectId':
      return Buffer.from(value.hex, 'hex');
    case 'bool':
      return Buffer.of(value.value ? 1 : 0);
    case 'date':
    case 'long':
      return int64(value.value);
    case 'timestamp':
      return int64(BigInt.asIntN(64, value.value));
    case 'regex':
      return Buffer.concat([cString(value.pattern), cString(value.options)]);
    case 'dbPointer':
      return Buffer.concat([lengthString(value.namespace), Buffer.from(value.hex, 'hex')]);
    case 'javascript':
      return lengthString(value.code);
    case 'javascriptWithScope': {
      const body = Buffer.concat([lengthString(value.code), encodeDocument(value.scope)]);
      return Buffer.concat([int32(body.length + 4), body]);
    }
    case 'int':
      return int32(value.value);
    case 'decimal':
      return value.bytes;
    default:
      return Buffer.alloc(0);
  }
}

function encodeBinary(subType: number, bytes: Buffer): Buffer {
  const content = subType === oldBinarySubType ? Buffer.concat([int32(bytes.length), bytes]) : bytes;
  return Buffer.concat([int32(content.length), Buffer.of(subType), content]);
}

function cString(text: string): Buffer {
  if (text.includes('\0')) throw new Error(`a BSON key cannot hold a NUL: ${JSON.stringify(text)}`);
  return Buffer.from(`${text}\0`);
}

function lengthString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([int32(bytes.length + 1), bytes, Buffer.of(0)]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** Decodes the document that `bytes` is. Throws when it is not well-formed BSON: a reply must be. */
export function decodeDocument(bytes: Buffer): BsonDocument {
  const reader = new Reader(bytes);
  const document = reader.readDocument();
  reader.requireEnd();
  return document;
}

class Reader {
  #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  requireEnd(): void {
    if (this.#offset !== this.#bytes.length)
      throw new Error(`${this.#bytes.length - this.#offset} bytes after the document`);
  }

  readDocument(): BsonDocument {
    return { type: 'object', entries: this.#readEntries() };
  }

  #readEntries(): Entry[] {
    const end = this.#offset + this.#bytes.readInt32LE(this.#offset) - 1;
    this.#offset += 4;
    const entries: Entry[] = [];
    while (this.#offset < end) {
      const code = this.#readByte();
      entries.push([this.#readCString(), this.#readValue(code)]);
    }
    if (this.#offset !== end || this.#readByte() !== 0)
      throw new Error('a document does not end where its length says');
    return entries;
  }

  #readValue(code: number): BsonValue {
    switch (code) {
      case codes.double:
        return { type: 'double', value: this.#bytes.readDoubleLE(this.#advance(8)) };
      case codes.string:
        return { type: 'string', value: this.#readString() };
      case codes.object:
        return this.readDocument();
      case codes.array:
        return { type: 'array', items: this.#readEntries().map(([, item]) => item) };
      case codes.binData:
        return this.#readBinary();
      case codes.objectId:
        return { type: 'objectId', hex: this.#take(12).toString('hex') };
      case codes.bool:
        return { type: 'bool', value: this.#readByte() !== 0 };
      case codes.date:
        return { type: 'date', value: this.#bytes.readBigInt64LE(this.#advance(8)) };
      case codes.int:
        return { type: 'int', value: this.#bytes.readInt32LE(this.#advance(4)) };
      case codes.timestamp:
        return { type: 'timestamp', value: this.#bytes.readBigUInt64LE(this.#advance(8)) };
      case codes.long:
        return { type: 'long', value: this.#bytes.readBigInt64LE(this.#advance(8)) };
      case codes.decimal:
        return { type: 'decimal', bytes: this.#take(16) };
      default:
        return this.#readRareValue(code);
    }
  }

  #readRareValue(code: number): BsonValue {
    switch (code) {
      case codes.null:
        return { type: 'null' };
      case codes.undefined:
        return { type: 'undefined' };
      case codes.minKey:
        return { type: 'minKey' };
      case codes.maxKey:
        return { type: 'maxKey' };
      case codes.regex:
        return { type: 'regex', pattern: this.#readCString(), options: this.#readCString() };
      case codes.dbPointer:
        return { type: 'dbPointer', namespace: this.#readString(), hex: this.#take(12).toString('hex') };
      case codes.javascript:
        return { type: 'javascript', code: this.#readString() };
      case codes.symbol:
        return { type: 'symbol', value: this.#readString() };
      case codes.javascriptWithScope:
        this.#advance(4);
        return { type: 'javascriptWithScope', code: this.#readString(), scope: this.readDocument() };
      default:
        throw new Error(`no BSON type has the code 0x${code.toString(16)}`);
    }
  }

  #readBinary(): BsonValue {
    const length = this.#bytes.readInt32LE(this.#advance(4));
    const subType = this.#readByte();
    const content = this.#take(length);
    return { type: 'binData', subType, bytes: subType === oldBinarySubType ? content.subarray(4) : content };
  }

  #readString(): string {
    const length = this.#bytes.readInt32LE(this.#advance(4));
    return this.#take(length).toString('utf8', 0, length - 1);
  }

  #readCString(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    if (end < 0) throw new Error('a key without end');
    const text = this.#bytes.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return text;
  }

  #readByte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  #take(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Steps over `length` bytes and returns where they began. */
  #advance(length: number): number {
    const start = this.#offset;
    if (length < 0 || start + length > this.#bytes.length)
      throw new Error('a value reaches past the end of its document');
    this.#offset = start + length;
    return start;
  }
}
