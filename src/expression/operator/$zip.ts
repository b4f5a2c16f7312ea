import type { Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, NamedArguments, type OperatorCall, type OperatorParser } from '../operator.ts';

class Zip implements Expression {
  readonly #inputs: readonly Expression[];
  readonly #defaults: readonly Expression[];
  readonly #usesLongest: boolean;
  constructor(inputs: readonly Expression[], defaults: readonly Expression[], usesLongest: boolean) {
    this.#inputs = inputs;
    this.#defaults = defaults;
    this.#usesLongest = usesLongest;
  }

  evaluate(scope: Scope): Argument {
    const arrays: (readonly Value[])[] = [];
    let length = this.#usesLongest ? 0 : Number.POSITIVE_INFINITY;
    for (const input of this.#inputs) {
      const array = input.evaluate(scope);
      if (isNullish(array)) return null;
      if (!Array.isArray(array)) {
        throw new MongoError('Location34468', `$zip found a non-array expression in input: ${typeName(array)}`);
      }
      length = this.#usesLongest ? Math.max(length, array.length) : Math.min(length, array.length);
      arrays.push(array);
    }
    const defaults = this.#defaults.map((expression) => expression.evaluate(scope) ?? null);
    scope.spend(length * arrays.length);
    const rows: Value[] = [];
    for (let row = 0; row < length; row++) {
      rows.push(arrays.map((array, column) => array[row] ?? defaults[column] ?? null));
    }
    return rows;
  }
}

export const $zip: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['inputs', 'defaults', 'useLongestLength'], {
    notObject: 'Location34460',
    unknown: 'Location34464',
  });
  const inputs = parseList(call, named.find('inputs'), 'inputs');
  const defaults = parseList(call, named.find('defaults'), 'defaults');
  const usesLongest = named.find('useLongestLength') ?? false;
  if (typeof usesLongest !== 'boolean') {
    throw new MongoError('Location34463', `useLongestLength must be a bool, found ${typeName(usesLongest)}`);
  }
  if (inputs.length === 0) throw new MongoError('Location34465', '$zip requires at least one input array');
  if (defaults.length > 0 && !usesLongest) {
    throw new MongoError('Location34466', 'cannot specify defaults unless useLongestLength is true');
  }
  if (defaults.length > 0 && defaults.length !== inputs.length) {
    throw new MongoError('Location34467', 'defaults and inputs must have the same length');
  }
  return new Zip(inputs, defaults, usesLongest);
};

function parseList(call: OperatorCall, list: Value | undefined, name: 'inputs' | 'defaults'): Expression[] {
  if (list === undefined) return [];
  if (Array.isArray(list)) return list.map((element) => call.parse(element));
  throw new MongoError(
    name === 'inputs' ? 'Location34461' : 'Location34462',
    `${name} must be an array of expressions, found ${typeName(list)}`,
  );
}
