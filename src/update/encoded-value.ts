import { readInt32, skipValue, valueOffset } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import { decodeValue, type Value } from '../bson/value.ts';
import { BsonWriter } from '../bson/write.ts';
import { invariant } from '../error/invariant.ts';

const scratch = new BsonWriter(4096);
const emptyName = 2;

/** A value where it lies in BSON bytes. Updates move such values around without decoding what they do not look at. */
export class EncodedValue {
  /** The BSON type byte. */
  readonly type: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(type: number, bytes: Buffer, start: number, end: number) {
    this.type = type;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The value of the element at `element`. */
  static ofElement(bytes: Buffer, element: number): EncodedValue {
    const type = bytes[element] as number;
    const start = valueOffset(bytes, element);
    return new EncodedValue(type, bytes, start, skipValue(bytes, type, start));
  }

  /** A decoded value in bytes of its own. */
  static of(value: Value): EncodedValue {
    scratch.reset();
    scratch.element('', value);
    const bytes = scratch.take();
    return new EncodedValue(bytes[0] as number, bytes, emptyName, bytes.length);
  }

  /** An array of these values. */
  static ofElements(elements: readonly EncodedValue[]): EncodedValue {
    scratch.reset();
    const start = scratch.open();
    for (let index = 0; index < elements.length; index++) elements[index]?.writeTo(scratch, String(index));
    scratch.close(start);
    const bytes = scratch.take();
    return new EncodedValue(BsonType.array, bytes, 0, bytes.length);
  }

  get isArray(): boolean {
    return this.type === BsonType.array;
  }

  decode(): Value {
    return decodeValue(this.bytes, this.type, this.start);
  }

  /** Whether type and bytes are the same: stricter than MongoDB's equality. */
  isIdentical(other: EncodedValue): boolean {
    return (
      this.type === other.type &&
      this.end - this.start === other.end - other.start &&
      this.bytes.compare(other.bytes, other.start, other.end, this.start, this.end) === 0
    );
  }

  /** The elements of an array. */
  elements(): EncodedValue[] {
    invariant(this.isArray, 'only an array has elements');
    const end = this.start + readInt32(this.bytes, this.start) - 1;
    const elements: EncodedValue[] = [];
    for (let at = this.start + 4; at < end; ) {
      const element = EncodedValue.ofElement(this.bytes, at);
      elements.push(element);
      at = element.end;
    }
    return elements;
  }

  /** This array with more elements behind its own. */
  append(elements: readonly EncodedValue[]): EncodedValue {
    const end = this.start + readInt32(this.bytes, this.start) - 1;
    let count = 0;
    for (let at = this.start + 4; at < end; count++) {
      at = skipValue(this.bytes, this.bytes[at] as number, valueOffset(this.bytes, at));
    }
    scratch.reset();
    const start = scratch.open();
    scratch.raw(this.bytes.subarray(this.start + 4, end));
    for (const element of elements) element.writeTo(scratch, String(count++));
    scratch.close(start);
    const bytes = scratch.take();
    return new EncodedValue(BsonType.array, bytes, 0, bytes.length);
  }

  /** Appends the value to the open document under this name. */
  writeTo(writer: BsonWriter, name: string): void {
    writer.byte(this.type);
    writer.cstring(name);
    writer.raw(this.bytes.subarray(this.start, this.end));
  }
}
