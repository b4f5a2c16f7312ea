import { commonWidth, compareNumbers } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import { isInt32, type Numeric } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { EncodedValue } from './encoded-value.ts';
import { type Modifier, type ModifierRun, unchanged } from './modifier.ts';
import { printElement, printId } from './print-element.ts';
import type { UpdatePath } from './update-path.ts';

/** What tells $inc and $mul apart. */
export interface Arithmetic {
  readonly name: '$inc' | '$mul';
  /** `increment` or `multiply`, for messages. */
  readonly verb: string;
  combine(current: Numeric, operand: Numeric): Numeric;
  /** What a missing field gets. */
  initial(operand: Numeric): Numeric;
}

/** A field combined with a number. An int32 grows into an int64; what leaves the range of an int64 fails. */
export class ArithmeticModifier implements Modifier {
  readonly #arithmetic: Arithmetic;
  readonly #operand: Numeric;
  readonly #field: string;

  /** Throws TypeMismatch unless the argument is a number. */
  constructor(arithmetic: Arithmetic, argument: Value, path: UpdatePath) {
    if (!isNumeric(argument)) {
      const what = `non-numeric argument: {${printElement(path.text, argument)}}`;
      throw new MongoError('TypeMismatch', `Cannot ${arithmetic.verb} with ${what}`);
    }
    this.#arithmetic = arithmetic;
    this.#operand = argument;
    this.#field = path.text.slice(path.text.lastIndexOf('.') + 1);
  }

  change(current: EncodedValue, run: ModifierRun): Numeric | typeof unchanged {
    const before = current.decode();
    const { name } = this.#arithmetic;
    if (!isNumeric(before)) {
      const problem = `has the field '${this.#field}' of non-numeric type ${typeName(before)}`;
      const text = `Cannot apply ${name} to a value of non-numeric type. ${printId(run.bytes)} ${problem}`;
      throw new MongoError('TypeMismatch', text);
    }
    const after = this.#arithmetic.combine(before, this.#operand);
    if (commonWidth(before, this.#operand) === 'integer' && !isInteger(after)) {
      const value = `current value (${printTyped(before)}) for document ${printId(run.bytes)}`;
      throw new MongoError('BadValue', `Failed to apply ${name} operations to ${value}`);
    }
    return isSame(before, after) ? unchanged : after;
  }

  create(): Numeric {
    return this.#arithmetic.initial(this.#operand);
  }

  toleratesBlockedPath(): boolean {
    return false;
  }
}

function isInteger(value: Numeric): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && isInt32(value));
}

function isSame(before: Numeric, after: Numeric): boolean {
  return typeName(before) === typeName(after) && compareNumbers(before, after) === 0;
}

function printTyped(value: Numeric): string {
  return `(${typeof value === 'bigint' ? 'NumberLong' : 'NumberInt'})${printValue(value)}`;
}
