/** $top, $topN, $bottom and $bottomN: outputs of the documents that an order puts first or last. */
import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import { parseSort, type Sort } from '../../query/sort.ts';
import type { AccumulatorContext, AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';
import { BoundedOrder } from './bounded-order.ts';
import { requireN } from './n-argument.ts';

interface TopArgument {
  readonly n: Expression | undefined;
  readonly output: Expression;
  readonly sort: Sort;
}

function parseTop(argument: Value, context: AccumulatorContext, name: string, takesN: boolean): TopArgument {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('Location5788001', `specification must be an object; found ${name}: ${printValue(argument)}`);
  }
  let n: Value | undefined;
  let output: Value | undefined;
  let sortBy: Value | undefined;
  for (const [field, value] of argument.entries()) {
    if (field === 'n' && takesN) n = value;
    else if (field === 'output') output = value;
    else if (field === 'sortBy') sortBy = value;
    else throw new MongoError('Location5788002', `Unknown argument to ${name} '${field}'`);
  }
  if (takesN && n === undefined) throw new MongoError('Location5788003', "Missing value for 'n'");
  if (output === undefined) throw new MongoError('Location5788004', "Missing value for 'output'");
  if (sortBy === undefined) throw new MongoError('Location5788005', "Missing value for 'sortBy'");
  if (!(sortBy instanceof BsonDocument)) {
    throw new MongoError('TypeMismatch', `expected 'sortBy' to be an object, found ${printValue(sortBy)}`);
  }
  return {
    n: n === undefined ? undefined : parseExpression(n, context.expressions),
    output: parseExpression(output, context.expressions),
    sort: parseSort(sortBy, context.collation),
  };
}

/** Inputs are [key, output]: the key's order is the sort's order. */
class TopState implements AccumulatorState {
  readonly #order: BoundedOrder<string>;
  readonly #isBottom: boolean;
  readonly #isList: boolean;

  constructor(name: string, n: number, isBottom: boolean, isList: boolean) {
    const sign = isBottom ? -1 : 1;
    this.#order = new BoundedOrder(
      name,
      n,
      (left, right) => (left < right ? -sign : left > right ? sign : 0),
      isBottom,
    );
    this.#isBottom = isBottom;
    this.#isList = isList;
  }

  get sizeBytes(): number {
    return this.#order.sizeBytes;
  }

  add(input: Value | undefined): void {
    const [key, output] = input as [string, Value];
    this.#order.add(key, output);
  }

  result(): Value {
    const values = this.#order.values();
    if (!this.#isList) return values[0] ?? null;
    return this.#isBottom ? values.reverse() : values;
  }
}

export function topAccumulator(isBottom: boolean, takesN: boolean): AccumulatorDefinition {
  return {
    inStableApi: true,
    parse(argument, context, name) {
      const { n, output, sort } = parseTop(argument, context, name, takesN);
      return {
        read: (scope) => [sort.keyOf(scope.root), output.evaluate(scope) ?? null],
        start: (group) =>
          new TopState(name, n === undefined ? 1 : requireN(n.evaluate(group), context.place), isBottom, takesN),
      };
    },
  };
}
