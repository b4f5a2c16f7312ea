import { printDocument } from '../../bson/print.ts';
import { integer, isInt32 } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { EncodedValue } from '../encoded-value.ts';
import { type Modifier, type ModifierRun, operator, unchanged } from '../modifier.ts';
import { printId } from '../print-element.ts';
import type { UpdatePath } from '../update-path.ts';

type Integer = number | bigint;
type Combine = (left: bigint, right: bigint) => bigint;

const combinations: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ['and', (left, right) => left & right],
  ['or', (left, right) => left | right],
  ['xor', (left, right) => left ^ right],
]);

const format = '{$bit: {field: {and/or/xor: #}}}';

function isInteger(value: Value): value is Integer {
  return typeof value === 'bigint' || (typeof value === 'number' && isInt32(value));
}

class BitModifier implements Modifier {
  readonly #steps: readonly { readonly combine: Combine; readonly operand: Integer }[];
  readonly #field: string;

  constructor(argument: Value, path: UpdatePath) {
    if (!(argument instanceof BsonDocument)) {
      const problem = `The $bit modifier is not compatible with a ${typeName(argument)}.`;
      throw new MongoError('BadValue', `${problem} You must pass in an embedded document: ${format}`);
    }
    this.#steps = [...argument].map(([name, operand]) => {
      const combine = combinations.get(name);
      if (combine === undefined) {
        const problem = `not '${name}' which is an unknown operator: ${printDocument(argument)}`;
        throw new MongoError('BadValue', `The $bit modifier only supports 'and', 'or', and 'xor', ${problem}`);
      }
      if (!isInteger(operand)) {
        const problem = `a '${typeName(operand)}' is not supported here: ${printDocument(argument)}`;
        throw new MongoError('BadValue', `The $bit modifier field must be an Integer(32/64 bit); ${problem}`);
      }
      return { combine, operand };
    });
    if (this.#steps.length === 0) {
      const rule = 'You must pass in at least one bitwise operation.';
      throw new MongoError('BadValue', `${rule} The format is: ${format}`);
    }
    this.#field = path.text.slice(path.text.lastIndexOf('.') + 1);
  }

  change(current: EncodedValue, run: ModifierRun): Integer | typeof unchanged {
    const before = current.decode();
    if (!isInteger(before)) {
      const problem = `has the field ${this.#field} of non-integer type ${typeName(before)}`;
      throw new MongoError(
        'BadValue',
        `Cannot apply $bit to a value of non-integral type. ${printId(run.bytes)} ${problem}`,
      );
    }
    const after = this.#combine(before);
    return after === before ? unchanged : after;
  }

  create(): Integer {
    return this.#combine(0);
  }

  toleratesBlockedPath(): boolean {
    return false;
  }

  #combine(start: Integer): Integer {
    let result = BigInt(start);
    let isLong = typeof start === 'bigint';
    for (const { combine, operand } of this.#steps) {
      isLong ||= typeof operand === 'bigint';
      result = combine(result, BigInt(operand));
    }
    return isLong ? result : integer(result);
  }
}

export const bit = operator('$bit', (argument, path) => new BitModifier(argument.decode(), path));
