/** What $derivative and $integral share: an input over the sort field, which is time where a unit is given. */
import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseExpression } from '../../expression/parse.ts';
import { fixedUnitMs, isTimeUnit } from '../../expression/time-unit.ts';
import type { Partition, WindowCall } from '../window.ts';
import { requireOnlySort } from './place.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Reads the argument; what comes gives the points of a partition, undefined where an input is no number. */
export function parseOverTime(call: WindowCall): (partition: Partition) => readonly (Point | undefined)[] {
  const { argument, context, name } = call;
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('FailedToParse', `${name} expects an object, not ${typeName(argument)}`);
  }
  const unitMs = requireUnit(argument.get('unit'));
  for (const field of argument.keys()) {
    if (field === 'input' || field === 'unit') continue;
    throw new MongoError('FailedToParse', `${name} got unexpected argument: ${field}`);
  }
  const input = argument.get('input');
  if (input === undefined) throw new MongoError('FailedToParse', `${name} requires an 'input' expression`);
  const sort = requireOnlySort(call, 'FailedToParse');
  const expression = parseExpression(input, context.expressions);
  return (partition) => {
    const places = partition.values(sort.value).map((value) => requirePlace(value, unitMs, name));
    return partition.values(expression).map((value, index) => {
      if (!isNumeric(value)) return undefined;
      return { x: places[index] as number, y: toDouble(value) };
    });
  };
}

function requireUnit(unit: Value | undefined): number | undefined {
  if (unit === undefined) return undefined;
  const fixed = isTimeUnit(unit) ? fixedUnitMs(unit) : undefined;
  if (fixed !== undefined) return fixed;
  throw new MongoError('Location5490704', "unit must be 'week' or smaller");
}

function requirePlace(value: Value | undefined, unitMs: number | undefined, name: string): number {
  if (unitMs !== undefined) {
    if (value instanceof Date) return value.getTime() / unitMs;
    throw new MongoError('Location5624900', `${name} with 'unit' expects the sortBy field to be a Date`);
  }
  if (isNumeric(value)) return toDouble(value);
  throw new MongoError('Location5624901', `${name} (with no 'unit') expects the sortBy field to be numeric`);
}
