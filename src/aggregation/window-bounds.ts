import { compareNumbers } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import type { Numeric } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isTimeUnit, type TimeUnit } from '../expression/time-unit.ts';
import { findWholeNumber } from './whole-number.ts';

export type Bound = 'unbounded' | 'current' | Numeric;

/** Which documents around one belong to its window: by position, or by the value that the sort looks at. */
export type WindowBounds =
  | { readonly kind: 'documents'; readonly lower: Bound; readonly upper: Bound }
  | { readonly kind: 'range'; readonly lower: Bound; readonly upper: Bound; readonly unit: TimeUnit | undefined };

export const wholePartition: WindowBounds = { kind: 'documents', lower: 'unbounded', upper: 'unbounded' };

/** Reads `window`; throws what MongoDB throws for its form. */
export function parseWindowBounds(window: Value): WindowBounds {
  if (!(window instanceof BsonDocument)) {
    throw failed(`'window' field must be an object, not ${typeName(window)}`);
  }
  for (const name of window.keys()) {
    if (name === 'documents' || name === 'range' || name === 'unit') continue;
    throw failed(
      `'window' field can only contain 'documents' as the only argument or 'range' with an optional 'unit' field, found ${name}`,
    );
  }
  const documents = window.get('documents');
  const range = window.get('range');
  const unit = window.get('unit');
  if (documents !== undefined) {
    if (range !== undefined || unit !== undefined) {
      throw failed("Window bounds can specify either 'documents' or 'unit', not both.");
    }
    return { kind: 'documents', ...requireBounds(documents, 'documents', true) };
  }
  if (range === undefined) {
    if (unit === undefined) return wholePartition;
    throw failed("Window bounds can only specify 'unit' with range-based bounds.");
  }
  if (unit !== undefined && !isTimeUnit(unit)) throw failed(`unknown time unit value: ${printValue(unit)}`);
  return { kind: 'range', unit, ...requireBounds(range, 'range', unit !== undefined) };
}

function requireBounds(value: Value, name: string, mustBeWhole: boolean): { lower: Bound; upper: Bound } {
  if (!Array.isArray(value) || value.length !== 2) {
    throw failed(`Window bounds must be a 2-element array: ${name}: ${printValue(value)}`);
  }
  const [lower, upper] = value.map((bound: Value) => requireBound(bound, mustBeWhole)) as [Bound, Bound];
  const from = offsetOf(lower);
  const to = offsetOf(upper);
  if (from !== undefined && to !== undefined && compareNumbers(from, to) > 0) {
    throw new MongoError('Location5339900', `Lower bound must not exceed upper bound: ${printValue(value)}`);
  }
  return { lower, upper };
}

function requireBound(value: Value, mustBeWhole: boolean): Bound {
  if (value === 'unbounded' || value === 'current') return value;
  if (isNumeric(value)) {
    if (!mustBeWhole) return value;
    const whole = findWholeNumber(value);
    if (whole !== undefined) return Number(whole);
    throw failed(`Numeric window bounds must be integers, found ${printValue(value)}`);
  }
  throw failed(`Window bounds must be 'unbounded', 'current', or a number, found ${printValue(value)}`);
}

/** The number that a bound amounts to; undefined for one that is open. */
function offsetOf(bound: Bound): Numeric | undefined {
  if (bound === 'unbounded') return undefined;
  return bound === 'current' ? 0 : bound;
}

function failed(message: string): MongoError {
  return new MongoError('FailedToParse', message);
}
