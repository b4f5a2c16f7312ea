import { toDouble } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import { readInt32 } from '../bson/read.ts';
import { Binary, type Numeric } from '../bson/scalar.ts';
import { BsonType, typeRank } from '../bson/type.ts';
import { decodeValue, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { rankOfType } from './element-compare.ts';
import { exactInteger } from './integer.ts';
import { type FieldOperator, testing } from './operator.ts';
import type { ValueTest } from './value-test.ts';

export type BitsOperator = '$bitsAllSet' | '$bitsAllClear' | '$bitsAnySet' | '$bitsAnyClear';

/**
 * Bits of whole numbers (in 64 bits; the sign goes on beyond them) and of binary data (bit 0 is the lowest of its first
 * byte; what lies beyond its end is clear).
 */
class BitsTest implements ValueTest {
  readonly operator: BitsOperator;
  readonly operand: Value;
  readonly matchesMissing = false;
  readonly takesWholeArrays = false;
  readonly #positions: readonly number[];

  constructor(operator: BitsOperator, positions: readonly number[]) {
    this.operator = operator;
    this.operand = positions;
    this.#positions = positions;
  }

  test(bytes: Buffer, type: number, at: number): boolean {
    if (type === BsonType.binData) {
      const length = readInt32(bytes, at);
      return this.#holds((position) => bitOfBytes(bytes, at + 5, length, position));
    }
    if (rankOfType(type) !== typeRank.int) return false;
    const whole = exactInteger(decodeValue(bytes, type, at) as Numeric);
    if (typeof whole === 'string') return false;
    return this.#holds((position) => ((whole >> BigInt(Math.min(position, 63))) & 1n) === 1n);
  }

  #holds(isSet: (position: number) => boolean): boolean {
    switch (this.operator) {
      case '$bitsAllSet':
        return this.#positions.every(isSet);
      case '$bitsAllClear':
        return !this.#positions.some(isSet);
      case '$bitsAnySet':
        return this.#positions.some(isSet);
      case '$bitsAnyClear':
        return !this.#positions.every(isSet);
    }
  }
}

function bitOfBytes(bytes: Buffer, start: number, length: number, position: number): boolean {
  const index = position >>> 3;
  return index < length && (((bytes[start + index] as number) >> (position & 7)) & 1) === 1;
}

/** The parser of one of the four operators on bits. */
export function bitsOperator(name: BitsOperator): FieldOperator {
  return ({ operand }) => testing(new BitsTest(name, parsePositions(operand, name)));
}

/** Positions from a mask (a number or binary data) or a list. */
function parsePositions(operand: Value, name: string): number[] {
  if (Array.isArray(operand)) return operand.map((position, index) => parsePosition(position, index));
  if (isNumeric(operand)) return maskPositions(parseMask(operand, name));
  if (operand instanceof Binary) {
    const bytes = operand.value();
    const positions: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      if ((((bytes[bit >>> 3] as number) >> (bit & 7)) & 1) === 1) positions.push(bit);
    }
    return positions;
  }
  throw new MongoError(
    'BadValue',
    `${name} takes an Array, a number, or a BinData but received: ${printValue(operand)}`,
  );
}

function parseMask(operand: Numeric, name: string): bigint {
  const mask = exactInteger(operand);
  const problem =
    mask === 'fraction'
      ? 'Expected an integer'
      : mask === 'beyond'
        ? 'Cannot represent as a 64-bit integer'
        : mask < 0n
          ? 'Expected a non-negative number in'
          : undefined;
  if (problem !== undefined || typeof mask === 'string') {
    throw new MongoError('FailedToParse', `${problem}: ${name}: ${printValue(operand)}`);
  }
  return mask;
}

function maskPositions(mask: bigint): number[] {
  const positions: number[] = [];
  for (let bit = 0; bit < 64; bit++) if (((mask >> BigInt(bit)) & 1n) === 1n) positions.push(bit);
  return positions;
}

function parsePosition(value: Value, index: number): number {
  const refuse = (problem: string): never => {
    throw new MongoError('BadValue', `Failed to parse bit position. ${problem}: ${index}: ${printValue(value)}`);
  };
  if (!isNumeric(value)) return refuse('Expected a number in');
  const exact = exactInteger(value);
  if (typeof exact === 'string') return refuse('Expected an integer');
  if (exact < 0n) return refuse('Expected a non-negative number in');
  if (exact > 0x7fffffffn) return refuse('Cannot represent as a 32-bit integer');
  return toDouble(exact);
}
