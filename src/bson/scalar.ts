/** The scalar classes of the value model (`value.ts`) and how the numeric types live in JavaScript numbers. */
import { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

export { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, MaxKey, MinKey, ObjectId, Timestamp };

/** The deprecated BSON type 6; compares like a missing field, but it is a stored value. */
export class BsonUndefined {
  readonly bsonType = 'undefined';
}

/** The one value of that type. */
export const bsonUndefined = new BsonUndefined();

/** The deprecated BSON type 12: a namespace and an ObjectId. */
export class DBPointer {
  readonly namespace: string;
  readonly id: ObjectId;
  constructor(namespace: string, id: ObjectId) {
    this.namespace = namespace;
    this.id = id;
  }
}

/** A number in any of the four numeric BSON types. */
export type Numeric = number | bigint | Double | Decimal128;

export const minKey = new MinKey();
export const maxKey = new MaxKey();

export const int32Min = -0x80000000;
export const int32Max = 0x7fffffff;
export const int64Min = -(2n ** 63n);
export const int64Max = 2n ** 63n - 1n;

/** Whether a JavaScript number stands for a BSON int32 (see the model above). */
export function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

/** A BSON double with this value, wrapped where the bare number would read as int32. */
export function double(value: number): number | Double {
  return isInt32(value) ? new Double(value) : value;
}

/** A BSON int32 where the integer fits one, else an int64. The value must be within int64. */
export function integer(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') return value >= -0x80000000n && value <= 0x7fffffffn ? Number(value) : value;
  return isInt32(value) ? value : BigInt(value);
}

/** A date beyond what JavaScript's Date can hold (8.64e15 ms either way). `getTime` gives the nearest double. */
export class WideDate extends Date {
  readonly milliseconds: bigint;
  constructor(milliseconds: bigint) {
    super(Number.NaN);
    this.milliseconds = milliseconds;
  }
  override getTime(): number {
    return Number(this.milliseconds);
  }
}

const widestDateMs = 8_640_000_000_000_000n;

/** The date so many milliseconds after 1970, exact over the whole range of an int64. */
export function dateOf(milliseconds: bigint): Date {
  const isWide = milliseconds > widestDateMs || milliseconds < -widestDateMs;
  return isWide ? new WideDate(milliseconds) : new Date(Number(milliseconds));
}

/** Milliseconds since 1970, exact; a Date that is invalid in JavaScript counts as 1970. */
export function millisecondsOf(date: Date): bigint {
  if (date instanceof WideDate) return date.milliseconds;
  const milliseconds = date.getTime();
  return Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds);
}
