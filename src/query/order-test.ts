import type { StringComparison } from '../bson/compare.ts';
import { isNaNNumber } from '../bson/number.ts';
import { MaxKey, MinKey, type Numeric } from '../bson/scalar.ts';
import { BsonType, typeRank } from '../bson/type.ts';
import { decodeValue, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { type ElementComparison, elementComparison, rankOfType, rankOfValue } from './element-compare.ts';
import type { ValueTest } from './value-test.ts';

export type OrderOperator = '$lt' | '$lte' | '$gt' | '$gte';

/** Before or after the operand among values of its own rank; only minKey and maxKey compare with other types. */
export class OrderTest implements ValueTest {
  readonly operator: OrderOperator;
  readonly operand: Value;
  readonly matchesMissing: boolean;
  readonly takesWholeArrays = false;
  readonly #rank: number;
  readonly #compare: ElementComparison;
  /** Largest and smallest sign of a comparison that passes. */
  readonly #isLess: boolean;
  readonly #includesEqual: boolean;
  readonly #isNaN: boolean;
  /** The answer for values of other ranks. */
  readonly #otherRanks: boolean;

  constructor(operator: OrderOperator, operand: Value, strings: StringComparison | undefined) {
    this.operator = operator;
    this.operand = operand;
    this.#rank = rankOfValue(operand);
    this.#compare = elementComparison(operand, strings);
    this.#isLess = operator === '$lt' || operator === '$lte';
    this.#includesEqual = operator === '$lte' || operator === '$gte';
    this.#isNaN = isNumeric(operand) && isNaNNumber(operand);
    this.#otherRanks = this.#isLess ? operand instanceof MaxKey : operand instanceof MinKey;
    this.matchesMissing = this.#otherRanks || (operand === null && this.#includesEqual);
  }

  test(bytes: Buffer, type: number, at: number): boolean {
    if (rankOfType(type) !== this.#rank) return this.#otherRanks;
    if (this.#rank === typeRank.int && (this.#isNaN || isNaNAt(bytes, type, at))) {
      return this.#includesEqual && this.#isNaN && isNaNAt(bytes, type, at);
    }
    const order = this.#compare(bytes, type, at);
    return order === 0 ? this.#includesEqual : order < 0 === this.#isLess;
  }
}

function isNaNAt(bytes: Buffer, type: number, at: number): boolean {
  if (type !== BsonType.double && type !== BsonType.decimal) return false;
  return isNaNNumber(decodeValue(bytes, type, at) as Numeric);
}
