/**
 * A total over numbers of all four types. Doubles and integers add up in two doubles (the sum, and what rounding lost of
 * it), so that the order of the inputs hardly shows; decimals add up apart. Integers stay exact as long as no double came.
 */
import { toExact } from '../../bson/decimal.ts';
import {
  addExact,
  divideExact,
  type ExactDecimal,
  exactInteger,
  exactOfDouble,
  finite,
  writeExact,
} from '../../bson/exact-decimal.ts';
import { toDouble } from '../../bson/number.ts';
import { Double, double, int64Max, int64Min, integer, isInt32, type Numeric } from '../../bson/scalar.ts';

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

  get decimal(): ExactDecimal {
    if (!Number.isFinite(this.#sum + this.#lost)) return exactOfDouble(this.value, 34);
    return addExact(exactOfDouble(this.#sum, 34), exactOfDouble(this.#lost, 34));
  }
}

const zero = finite(false, 0n, 0);

export class NumberTotal {
  #widest = 0;
  #integers = 0n;
  /** Small integers add up here first; a bigint for each would be slow. */
  #small = 0;
  readonly #doubles = new CompensatedSum();
  #hasDoubles = false;
  #decimals = zero;
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
      this.#decimals = addExact(this.#decimals, toExact(value));
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
    if (kind === 'decimal') return writeExact(this.#decimalSum());
    if (kind === 'double') return double(this.#doubleSum());
    const exact = this.#integers + BigInt(this.#small);
    if (exact < int64Min || exact > int64Max) return double(Number(exact));
    return kind === 'long' ? exact : integer(exact);
  }

  /** Sum divided by count: decimal if a decimal was added, otherwise a double; null for no numbers. */
  average(): Numeric | null {
    if (this.#count === 0) return null;
    if (order[this.#widest] === 'decimal') {
      return writeExact(divideExact(this.#decimalSum(), exactInteger(BigInt(this.#count))));
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

  #decimalSum(): ExactDecimal {
    this.#carry();
    const withIntegers = addExact(this.#decimals, exactInteger(this.#integers));
    return this.#hasDoubles ? addExact(withIntegers, this.#doubles.decimal) : withIntegers;
  }
}
