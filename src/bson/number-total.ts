/**
 * A total over numbers of all four types. Integers add up exactly; doubles in two doubles (the sum, and what rounding
 * lost of it), so that the order of the inputs hardly shows; decimals apart, with the exponents that decimals prefer.
 */
import { toExact } from './decimal.ts';
import {
  addExact,
  divideExact,
  type ExactDecimal,
  exactInteger,
  exactOfDouble,
  finite,
  writeExact,
} from './exact-decimal.ts';
import { Decimal128, Double, double, int64Max, int64Min, integer, isInt32, type Numeric } from './scalar.ts';

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

  get exact(): ExactDecimal {
    if (!Number.isFinite(this.#sum + this.#lost)) return exactOfDouble(this.value, 34);
    return addExact(exactOfDouble(this.#sum, 34), exactOfDouble(this.#lost, 34));
  }
}

type Kind = 'int' | 'long' | 'double' | 'decimal';

/** Adds up numbers one by one. */
export class NumberTotal {
  #kind: Kind = 'int';
  #integers = 0n;
  /** Small integers add up here first; a bigint for each would be slow. */
  #small = 0;
  #doubles: CompensatedSum | undefined;
  #decimals: ExactDecimal | undefined;
  #count = 0;

  /** How many numbers were added. */
  get count(): number {
    return this.#count;
  }

  add(value: Numeric): void {
    this.#count++;
    if (typeof value === 'number' && isInt32(value)) {
      this.#small += value;
      if (!Number.isSafeInteger(this.#small * 2)) this.#carry();
    } else if (typeof value === 'bigint') {
      if (this.#kind === 'int') this.#kind = 'long';
      this.#integers += value;
    } else if (value instanceof Decimal128) {
      this.#kind = 'decimal';
      const exact = toExact(value);
      this.#decimals = addExact(this.#decimals ?? finite(false, 0n, 0), exact);
    } else {
      if (this.#kind !== 'decimal') this.#kind = 'double';
      this.#doubles ??= new CompensatedSum();
      this.#doubles.add(value instanceof Double ? value.value : value);
    }
  }

  #carry(): bigint {
    this.#integers += BigInt(this.#small);
    this.#small = 0;
    return this.#integers;
  }

  /** The sum in the widest type that was added; integers beyond their type as the next wider one. 0 for no numbers. */
  sum(): Numeric {
    if (this.#kind === 'decimal') return writeExact(this.#decimalSum());
    if (this.#kind === 'double') return double(this.#doubleSum());
    const exact = this.#carry();
    if (exact < int64Min || exact > int64Max) return double(Number(exact));
    return this.#kind === 'long' ? exact : integer(exact);
  }

  /** Sum divided by count: decimal if a decimal was added, otherwise a double; null for no numbers. */
  average(): Numeric | null {
    if (this.#count === 0) return null;
    if (this.#kind !== 'decimal') return double(this.#doubleSum() / this.#count);
    return writeExact(divideExact(this.#decimalSum(), exactInteger(BigInt(this.#count))));
  }

  #doubleSum(): number {
    const integers = this.#carry();
    if (this.#doubles === undefined) return Number(integers);
    if (integers !== 0n) {
      const rounded = Number(integers);
      this.#doubles.add(rounded);
      if (!Number.isSafeInteger(rounded)) this.#doubles.add(Number(integers - BigInt(rounded)));
      this.#integers = 0n;
    }
    return this.#doubles.value;
  }

  #decimalSum(): ExactDecimal {
    let total = this.#decimals ?? finite(false, 0n, 0);
    const integers = this.#carry();
    if (integers !== 0n) total = addExact(total, exactInteger(integers));
    // A zero where no double came: it takes part in the exponent that the sum prefers.
    return addExact(total, this.#doubles?.exact ?? finite(false, 0n, 0));
  }
}
