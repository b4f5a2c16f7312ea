import { printValue } from '../../bson/print.ts';
import { readInt32, skipValue, valueOffset } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import type { Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { toInt64 } from '../integer.ts';
import { type FieldOperator, testing } from '../operator.ts';
import type { ValueTest } from '../value-test.ts';

export class SizeTest implements ValueTest {
  readonly operator = '$size';
  readonly operand: number;
  readonly matchesMissing = false;
  readonly takesWholeArrays = true;

  constructor(size: number) {
    this.operand = size;
  }

  test(bytes: Buffer, type: number, at: number): boolean {
    return type === BsonType.array && countElements(bytes, at, this.operand + 1) === this.operand;
  }
}

/** Number of elements of an array, counted up to a limit. */
function countElements(bytes: Buffer, array: number, limit: number): number {
  const end = array + readInt32(bytes, array) - 1;
  let count = 0;
  for (let element = array + 4; element < end && count < limit; count++) {
    element = skipValue(bytes, bytes[element] as number, valueOffset(bytes, element));
  }
  return count;
}

/** An array of exactly this many elements. */
export const $size: FieldOperator = ({ operand }) => testing(new SizeTest(parseSize(operand)));

function parseSize(operand: Value): number {
  const refuse = (expected: string): never => {
    throw new MongoError('BadValue', `Failed to parse $size. ${expected}: $size: ${printValue(operand)}`);
  };
  const size = toInt64(operand, refuse);
  if (size < 0n) refuse('Expected a non-negative number in');
  return Number(size);
}
