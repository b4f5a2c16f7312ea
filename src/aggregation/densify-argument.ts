import { compareValues } from '../bson/compare.ts';
import { toDouble } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import type { Numeric } from '../bson/scalar.ts';
import { any, array, object, optional, required, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isTimeUnit, type TimeUnit } from '../expression/time-unit.ts';
import { parseFieldPath } from './document-path.ts';
import { findWholeNumber } from './whole-number.ts';

/** A value that can be counted on: a number, or a date. */
export type Place = Numeric | Date;

export interface DensifyArgument {
  readonly field: readonly string[];
  readonly partitionFields: readonly (readonly string[])[];
  readonly step: Numeric;
  readonly unit: TimeUnit | undefined;
  /** `full`: as far as all documents reach; `partition`: as far as those of the partition; or from lower up to upper. */
  readonly bounds: 'full' | 'partition' | { readonly lower: Place; readonly upper: Place };
}

const parseFields = structure('$densify', {
  field: required(string),
  partitionByFields: optional(array),
  range: required(object),
});
const parseRange = structure('$densify.range', { step: required(any), bounds: required(any), unit: optional(any) });

/** Reads the argument of $densify; throws what MongoDB throws for it. */
export function parseDensify(argument: Value): DensifyArgument {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'FailedToParse',
      `The $densify stage specification must be an object, found ${typeName(argument)}`,
    );
  }
  const { field, partitionByFields = [], range } = parseFields(argument);
  if (field.startsWith('$')) throw new MongoError('Location16410', "FieldPath field names may not start with '$'");
  const partitionFields = partitionByFields.map(requirePath);
  checkPaths(field, partitionByFields);
  const { bounds, step, unit } = parseRange(range);
  if (unit !== undefined && !isTimeUnit(unit)) {
    throw new MongoError('FailedToParse', `unknown time unit value: ${printValue(unit)}`);
  }
  return {
    field: parseFieldPath(field),
    partitionFields,
    step: requireStep(step, unit),
    unit,
    bounds: requireBounds(bounds, unit, partitionByFields.length > 0),
  };
}

function requirePath(path: Value): readonly string[] {
  if (typeof path === 'string') return parseFieldPath(path);
  throw new MongoError('TypeMismatch', `'partitionByFields' must be strings, found ${typeName(path)}`);
}

function checkPaths(field: string, partitionFields: readonly Value[]): void {
  for (const other of partitionFields as readonly string[]) {
    if (other !== field && !`${field}.`.startsWith(`${other}.`) && !`${other}.`.startsWith(`${field}.`)) continue;
    throw new MongoError(
      'Location8993000',
      'The densified field cannot be one of the fields to partition by, nor lie in one',
    );
  }
}

function requireStep(step: Value, unit: TimeUnit | undefined): Numeric {
  if (!isNumeric(step) || toDouble(step) <= 0) {
    throw new MongoError(
      'Location5733401',
      'The step parameter in a range statement must be a strictly positive numeric value',
    );
  }
  if (unit !== undefined && findWholeNumber(step) === undefined) {
    throw new MongoError(
      'Location6586400',
      'The step parameter in a range statement must be a whole number when densifying a date range',
    );
  }
  return step;
}

function requireBounds(bounds: Value, unit: TimeUnit | undefined, isPartitioned: boolean): DensifyArgument['bounds'] {
  if (bounds === 'full') return bounds;
  if (bounds === 'partition') {
    if (isPartitioned) return bounds;
    throw new MongoError(
      'Location5733408',
      "one may not specify the bounds as 'partition' without specifying a non-empty array of partitionByFields",
    );
  }
  if (typeof bounds === 'string') {
    throw new MongoError('Location5946802', "Bounds string must either be 'full' or 'partition'");
  }
  if (!Array.isArray(bounds) || bounds.length !== 2) {
    throw new MongoError('Location5733403', 'A bounding array in a range statement must have exactly two elements');
  }
  const [lower, upper] = bounds as [Value, Value];
  const areDates = lower instanceof Date && upper instanceof Date;
  if (unit === undefined && areDates) {
    throw new MongoError('Location6586401', 'A unit must be specified if the bounds are dates');
  }
  if (compareValues(lower, upper) > 0) {
    throw new MongoError(
      'Location5733402',
      "the bounds in a range statement must be the string 'full', 'partition', or an ascending array of two numbers or two dates",
    );
  }
  if (unit === undefined ? !(isNumeric(lower) && isNumeric(upper)) : !areDates) {
    throw new MongoError(
      'Location5733406',
      `Bounds must be ${unit === undefined ? 'numeric' : 'dates'}: ${printValue(bounds)}`,
    );
  }
  return { lower: lower as Place, upper: upper as Place };
}
