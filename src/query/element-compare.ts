/** Comparing values where they lie in BSON bytes with a value that is known. What is frequent is compared undecoded. */
import { compareValues, type StringComparison } from '../bson/compare.ts';
import { compareNumbers } from '../bson/number.ts';
import { readInt32 } from '../bson/read.ts';
import { type Numeric, ObjectId } from '../bson/scalar.ts';
import { BsonType, findTypeName, typeRank } from '../bson/type.ts';
import { decodeValue, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';

const rankByCode: readonly number[] = Array.from({ length: 256 }, (_, code) => {
  const name = findTypeName(code);
  return name === undefined ? -1 : typeRank[name];
});

/** Where values of this type stand in MongoDB's order; types of equal rank compare with each other. */
export function rankOfType(type: number): number {
  return rankByCode[type] as number;
}

/** The rank of a value's type. */
export function rankOfValue(value: Value): number {
  return typeRank[typeName(value)];
}

/** Compares elements with one operand; made once per operand. Both must be of the same rank. */
export type ElementComparison = (bytes: Buffer, type: number, at: number) => number;

/** The comparison that suits this operand. */
export function elementComparison(operand: Value, strings: StringComparison | undefined): ElementComparison {
  if (isNumeric(operand)) return numberComparison(operand);
  if (typeof operand === 'string' && strings === undefined) return stringComparison(operand);
  if (operand instanceof Date) return dateComparison(operand);
  if (operand instanceof ObjectId) return objectIdComparison(operand);
  return (bytes, type, at) => compareValues(decodeValue(bytes, type, at), operand, strings);
}

function numberComparison(operand: Numeric): ElementComparison {
  const plain = typeof operand === 'number' && !Number.isNaN(operand) ? operand : undefined;
  return (bytes, type, at) => {
    if (plain !== undefined) {
      if (type === BsonType.int) return readInt32(bytes, at) - plain;
      if (type === BsonType.double) {
        const value = bytes.readDoubleLE(at);
        return value < plain ? -1 : value > plain ? 1 : value === plain ? 0 : -1;
      }
    }
    return compareNumbers(decodeValue(bytes, type, at) as Numeric, operand);
  };
}

function stringComparison(operand: string): ElementComparison {
  const expected = Buffer.from(operand, 'utf8');
  return (bytes, _type, at) =>
    // The length of a string or symbol counts its terminator.
    bytes.compare(expected, 0, expected.length, at + 4, at + 3 + readInt32(bytes, at));
}

/** Dates by their 64 bits: those that lie beyond what a JavaScript date can hold are stored and compared all the same. */
function dateComparison(operand: Date): ElementComparison {
  const milliseconds = BigInt(operand.getTime());
  const high = Number(milliseconds >> 32n);
  const low = Number(milliseconds & 0xffffffffn);
  return (bytes, _type, at) => readInt32(bytes, at + 4) - high || (readInt32(bytes, at) >>> 0) - low;
}

function objectIdComparison(operand: ObjectId): ElementComparison {
  const expected = Buffer.from(operand.id);
  return (bytes, _type, at) => bytes.compare(expected, 0, 12, at, at + 12);
}
