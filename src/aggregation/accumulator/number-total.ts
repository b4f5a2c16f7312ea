/**
 * A total over numbers of all four types. Doubles and integers add up in two doubles (the sum, and what rounding lost of
 * it), so that the order of the inputs hardly shows; decimals add up apart. Integers stay exact as long as no double came.
 */
import { type Decimal, decimalOfDouble, fromDecimal, toDecimal } from '../../bson/decimal.ts';
import { addNumbers, toDouble } from '../../bson/number.ts';
import {
  type Decimal128,
  Double,
  double,
  int64Max,
  int64Min,
  integer,
  isInt32,
  type Numeric,
} from '../../bson/scalar.ts';

type Kind = 'int' | 'long' | 'double' | 'decimal';
const order: readonly Kind[] = ['int', 'long', 'double', 'decimal'];

function kindOf(value: Numeric): Kind {
  if (typeof value === 'number') return isInt32(value) ? 'int' : 'double';
  if (typeof value === 'bigint') return 'long';
  return value instanceof Double ? 'double' : 'decimal';
}

/** A sum of doubles with the error of each addition kept beside it (Knuth's two-sum). */
class CompensatedSum {
  #sum = 0;
  #lost = 0;
  /** Infinities and NaN make the two-sum NaN; the plain sum tells which of them it is. */
  #plain = 0;

  add(value: number): void {
    this.#plain += value;
    const sum = this.#sum + value;
    const back = sum - this.#sum;
    this.#lost += this.#sum - (sum - back) + (value - back);
    this.#sum = sum;
  }

  get value(): number {
    const value = this.#sum + this.#lost;
    return Number.isNaN(value) ? this.#plain : value;
  }

  get decimal(): Decimal {
    if (!Number.isFinite(this.#sum + this.#lost)) return toDecimal(new Double(this.value));
    return decimalOfDouble(this.#sum).plus(decimalOfDouble(this.#lost));
  }
}

export class NumberTotal {
  #widest = 0;
  #integers = 0n;
  /** Small integers add up here first; a bigint for each would be slow. */
  #small = 0;
  readonly #doubles = new CompensatedSum();
  #hasDoubles = false;
  #decimals: Decimal128 | undefined;
  #count = 0;

  /** How many numbers were added. */
  get count(): number {
    return this.#count;
  }

  add(value: Numeric): void {
    this.#count++;
    const kind = kindOf(value);
    this.#widest = Math.max(this.#widest, order.indexOf(kind));
    if (kind === 'decimal') {
      this.#decimals = this.#decimals === undefined ? (value as Decimal128) : plus(this.#decimals, value as Decimal128);
    } else if (kind === 'double') {
      this.#hasDoubles = true;
      this.#doubles.add(toDouble(value));
    } else if (kind === 'int') {
      this.#small += value as number;
      if (!Number.isSafeInteger(this.#small * 2)) this.#carry();
    } else {
      this.#integers += value as bigint;
    }
  }

  #carry(): void {
    this.#integers += BigInt(this.#small);
    this.#small = 0;
  }

  /** The sum in the widest type that was added; integers beyond int64 become a double. 0 for no numbers. */
  sum(): Numeric {
    const kind = order[this.#widest];
    if (kind === 'decimal') return this.#decimalSum();
    if (kind === 'double') return double(this.#doubleSum());
    const exact = this.#integers + BigInt(this.#small);
    if (exact < int64Min || exact > int64Max) return double(Number(exact));
    return kind === 'long' ? exact : integer(exact);
  }

  /** Sum divided by count: decimal if a decimal was added, otherwise a double; null for no numbers. */
  average(): Numeric | null {
    if (this.#count === 0) return null;
    if (order[this.#widest] === 'decimal') {
      return fromDecimal(toDecimal(this.#decimalSum()).dividedBy(this.#count));
    }
    return double(this.#doubleSum() / this.#count);
  }

  #doubleSum(): number {
    const exact = this.#integers + BigInt(this.#small);
    if (!this.#hasDoubles) return Number(exact);
    if (exact === 0n) return this.#doubles.value;
    const both = new CompensatedSum();
    both.add(this.#doubles.value);
    both.add(Number(exact));
    return both.value;
  }

  #decimalSum(): Decimal128 {
    const total = this.#decimals ?? fromDecimal(toDecimal(0));
    this.#carry();
    const withIntegers = this.#integers === 0n ? total : (addNumbers(total, this.#integers) as Decimal128);
    return this.#hasDoubles ? fromDecimal(toDecimal(withIntegers).plus(this.#doubles.decimal)) : withIntegers;
  }
}

function plus(left: Decimal128, right: Decimal128): Decimal128 {
  return addNumbers(left, right) as Decimal128;
}
