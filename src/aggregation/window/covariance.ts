/**
 * Covariance in one pass, in the arithmetic of the numbers themselves (decimals stay decimals):
 *
 *   n-th pair (x, y):   products += (x - mean of x before) · (y - mean of y after)          result = products / n
 */
import { toExact } from '../../bson/decimal.ts';
import { divideExact, exactOfDouble, writeExact } from '../../bson/exact-decimal.ts';
import { addNumbers, multiplyNumbers, subtractNumbers, toDouble } from '../../bson/number.ts';
import { NumberTotal } from '../../bson/number-total.ts';
import { Decimal128, double, type Numeric } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { AccumulatorState } from '../accumulator.ts';
import type { WindowParser } from '../window.ts';
import { overFrames } from './accumulated.ts';

type Pair = readonly [x: Numeric, y: Numeric];

/** Pairs with an infinity or NaN are kept apart: while one is in, the result is their sum. */
class CovarianceState implements AccumulatorState {
  readonly #isSample: boolean;
  #count = 0;
  #x = new NumberTotal();
  #y = new NumberTotal();
  #products = new NumberTotal();
  readonly #infinite = new NumberTotal();

  constructor(isSample: boolean) {
    this.#isSample = isSample;
  }

  add(input: Value | undefined): void {
    const pair = findPair(input);
    if (pair === undefined) return;
    if (!isFinitePair(pair)) {
      this.#infinite.add(addNumbers(...pair));
      return;
    }
    const [x, y] = pair;
    const meanX = this.#mean(this.#x);
    this.#count++;
    this.#x.add(x);
    this.#y.add(y);
    const meanY = this.#mean(this.#y);
    if (meanX === undefined || meanY === undefined) return;
    this.#products.add(multiplyNumbers(subtractNumbers(x, meanX), subtractNumbers(y, meanY)));
  }

  remove(input: Value | undefined): void {
    const pair = findPair(input);
    if (pair === undefined) return;
    if (!isFinitePair(pair)) {
      this.#infinite.remove(addNumbers(...pair));
      return;
    }
    const [x, y] = pair;
    const meanY = this.#mean(this.#y);
    this.#count--;
    this.#x.remove(x);
    this.#y.remove(y);
    const meanX = this.#mean(this.#x);
    if (meanX === undefined || meanY === undefined) {
      this.#x = new NumberTotal();
      this.#y = new NumberTotal();
      this.#products = new NumberTotal();
      return;
    }
    this.#products.remove(multiplyNumbers(subtractNumbers(x, meanX), subtractNumbers(y, meanY)));
  }

  #mean(total: NumberTotal): Numeric | undefined {
    return this.#count === 0 ? undefined : divide(total.sum(), this.#count);
  }

  result(): Value {
    const divisor = this.#isSample ? this.#count - 1 : this.#count;
    if (divisor <= 0) return null;
    return this.#infinite.count > 0 ? this.#infinite.sum() : divide(this.#products.sum(), divisor);
  }
}

/** Counts divide as doubles, which shows in the exponent of a decimal quotient. */
function divide(sum: Numeric, count: number): Numeric {
  if (sum instanceof Decimal128) return writeExact(divideExact(toExact(sum), exactOfDouble(count, 15)));
  return double(toDouble(sum) / count);
}

function findPair(input: Value | undefined): Pair | undefined {
  if (!Array.isArray(input) || input.length !== 2) return undefined;
  const [x, y] = input as [Value, Value];
  return isNumeric(x) && isNumeric(y) ? [x, y] : undefined;
}

function isFinitePair([x, y]: Pair): boolean {
  return isFiniteNumber(x) && isFiniteNumber(y);
}

function isFiniteNumber(value: Numeric): boolean {
  return value instanceof Decimal128 ? toExact(value).kind === 'finite' : Number.isFinite(toDouble(value));
}

/** $covariancePop or $covarianceSamp. */
export function covariance(isSample: boolean): WindowParser {
  return ({ argument, bounds, context, sort }) => {
    const pair = parseExpression(argument, context.expressions);
    return overFrames(
      { read: (scope) => pair.evaluate(scope), start: () => new CovarianceState(isSample) },
      bounds,
      sort,
    );
  };
}
