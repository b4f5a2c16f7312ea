import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { EncodedValue } from '../encoded-value.ts';
import { type Modifier, operator, unchanged } from '../modifier.ts';
import { printElement } from '../print-element.ts';
import type { UpdatePath } from '../update-path.ts';

class PopModifier implements Modifier {
  readonly #isFirst: boolean;
  readonly #path: string;

  constructor(argument: Value, path: UpdatePath) {
    if (!isNumeric(argument)) {
      throw new MongoError('FailedToParse', `Expected a number in: ${printElement(path.text, argument)}`);
    }
    const end = toDouble(argument);
    if (!Number.isInteger(end)) {
      throw new MongoError('FailedToParse', `Expected an integer: ${printElement(path.text, argument)}`);
    }
    if (end !== 1 && end !== -1) {
      throw new MongoError('FailedToParse', `$pop expects 1 or -1, found: ${printValue(argument)}`);
    }
    this.#isFirst = end === -1;
    this.#path = path.text;
  }

  change(current: EncodedValue): EncodedValue | typeof unchanged {
    if (!current.isArray) {
      const problem = `contains an element of non-array type '${typeName(current.decode())}'`;
      throw new MongoError('TypeMismatch', `Path '${this.#path}' ${problem}`);
    }
    const elements = current.elements();
    if (elements.length === 0) return unchanged;
    return EncodedValue.ofElements(this.#isFirst ? elements.slice(1) : elements.slice(0, -1));
  }

  create(): undefined {
    return undefined;
  }

  toleratesBlockedPath(): boolean {
    return true;
  }
}

export const pop = operator('$pop', (argument, path) => new PopModifier(argument.decode(), path));
