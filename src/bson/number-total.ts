/**
 * A total over numbers of all four types. Doubles and integers add up in two doubles (the sum, and what rounding lost of
 * it), so that the order of the inputs hardly shows; decimals add up apart. Integers stay exact as long as no double came.
 */
import { toExact } from './decimal.ts';
import {
  addExact,
  divideExact,
  type ExactDecimal,
  exactInteger,
  exactOfDouble,
  finite,
  subtractExact,
  writeExact,
} from './exact-decimal.ts';
import { toDouble } from './number.ts';
import { Double, double, int64Max, int64Min, integer, isInt32, type Numeric } from './scalar.ts';

/** Kinds of numbers, from the narrowest to the widest. */
const int = 0;
const long = 1;
const doubles = 2;
const decimals = 3;

function kindOf(value: Numeric): number {
  if (typeof value === 'number') return isInt32(value) ? int : doubles;
  if (typeof value === 'bigint') return long;
  return value instanceof Double ? doubles : decimals;
}

/**
 * A sum of doubles with the error of each addition kept beside it (Knuth's two-sum). Infinities and NaN are counted
 * apart, so that they can be taken back.
 */
class CompensatedSum {
  #sum = 0;
  #lost = 0;
  #infinite = 0;
  #negativeInfinite = 0;
  #notNumbers = 0;

  change(value: number, sign: 1 | -1): void {
    if (Number.isFinite(value)) this.#add(sign * value);
    else if (Number.isNaN(value)) this.#notNumbers += sign;
    else if (value > 0) this.#infinite += sign;
    else this.#negativeInfinite += sign;
  }

  copy(): CompensatedSum {
    const copy = new CompensatedSum();
    copy.#sum = this.#sum;
    copy.#lost = this.#lost;
    copy.#infinite = this.#infinite;
    copy.#negativeInfinite = this.#negativeInfinite;
    copy.#notNumbers = this.#notNumbers;
    return copy;
  }

  #add(value: number): void {
    const sum = this.#sum + value;
    const back = sum - this.#sum;
    this.#lost += this.#sum - (sum - back) + (value - back);
    this.#sum = sum;
  }

  get value(): number {
    if (this.#notNumbers > 0 || (this.#infinite > 0 && this.#negativeInfinite > 0)) return Number.NaN;
    if (this.#infinite > 0) return Number.POSITIVE_INFINITY;
    if (this.#negativeInfinite > 0) return Number.NEGATIVE_INFINITY;
    const value = this.#sum + this.#lost;
    return Number.isNaN(value) ? this.#sum : value;
  }

  get decimal(): ExactDecimal {
    const { value } = this;
    if (!Number.isFinite(value)) return exactOfDouble(value, 34);
    return addExact(exactOfDouble(this.#sum, 34), exactOfDouble(this.#lost, 34));
  }
}

const zero = finite(false, 0n, 0);

export class NumberTotal {
  /** How many numbers of each kind are in, from the narrowest to the widest. */
  readonly #counts = [0, 0, 0, 0];
  #integers = 0n;
  /** Small integers add up here first; a bigint for each would be slow. */
  #small = 0;
  readonly #doubles = new CompensatedSum();
  #decimals = zero;

  /** How many numbers are in. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count);
  }

  add(value: Numeric): void {
    this.#change(value, 1);
  }

  /** Takes back a number that was added. */
  remove(value: Numeric): void {
    this.#change(value, -1);
  }

  #change(value: Numeric, sign: 1 | -1): void {
    const kind = kindOf(value);
    this.#counts[kind] = (this.#counts[kind] as number) + sign;
    if (kind === int) {
      this.#small += sign * (value as number);
      if (!Number.isSafeInteger(this.#small * 2)) this.#carry();
    } else if (kind === long) {
      this.#integers += sign === 1 ? (value as bigint) : -(value as bigint);
    } else if (kind === doubles) {
      this.#doubles.change(toDouble(value), sign);
    } else {
      this.#decimals = (sign === 1 ? addExact : subtractExact)(this.#decimals, toExact(value));
    }
  }

  #has(kind: number): boolean {
    return (this.#counts[kind] as number) > 0;
  }

  #carry(): void {
    this.#integers += BigInt(this.#small);
    this.#small = 0;
  }

  /** The sum in the widest type that is in; integers beyond int64 become a double. 0 for no numbers. */
  sum(): Numeric {
    if (this.#has(decimals)) return writeExact(this.#decimalSum());
    if (this.#has(doubles)) return double(this.#doubleSum());
    const exact = this.#integers + BigInt(this.#small);
    if (exact < int64Min || exact > int64Max) return double(Number(exact));
    return this.#has(long) ? exact : integer(exact);
  }

  /** Sum divided by count: decimal if a decimal is in, otherwise a double; null for no numbers. */
  average(): Numeric | null {
    const { count } = this;
    if (count === 0) return null;
    if (this.#has(decimals)) return writeExact(divideExact(this.#decimalSum(), exactInteger(BigInt(count))));
    return double(this.#doubleSum() / count);
  }

  #doubleSum(): number {
    const exact = this.#integers + BigInt(this.#small);
    if (!this.#has(doubles)) return Number(exact);
    if (exact === 0n) return this.#doubles.value;
    const both = this.#doubles.copy();
    const rounded = Number(exact);
    both.change(rounded, 1);
    if (!Number.isSafeInteger(rounded)) both.change(Number(exact - BigInt(rounded)), 1);
    return both.value;
  }

  #decimalSum(): ExactDecimal {
    this.#carry();
    const integers = this.#integers;
    const withIntegers = integers === 0n ? this.#decimals : addExact(this.#decimals, exactInteger(integers));
    // A zero where no double came: it takes part in the exponent that the sum prefers.
    return addExact(withIntegers, this.#has(doubles) ? this.#doubles.decimal : zero);
  }
}
