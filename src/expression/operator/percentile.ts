/** `$median` and `$percentile` as expressions: over the numbers of an array, or over one number. */
import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { double } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression } from '../expression.ts';
import type { Argument, OperatorCall } from '../operator.ts';

export interface PercentileArguments {
  readonly input: Expression;
  /** As written; undefined for `$median`. */
  readonly p: Value | undefined;
}

/** Reads the strict structure of these operators: `input`, `method` and, where it has one, `p`. */
export function parsePercentile(call: OperatorCall, hasP: boolean): PercentileArguments {
  const { name, operand } = call;
  if (!(operand instanceof BsonDocument)) {
    throw new MongoError(
      hasP ? 'Location7436200' : 'Location7436201',
      `specification must be an object; found ${name} :${typeName(operand)}`,
    );
  }
  const known = hasP ? ['input', 'p', 'method'] : ['input', 'method'];
  for (const field of operand.keys()) {
    if (!known.includes(field)) {
      throw new MongoError('IDLUnknownField', `BSON field '${name}.${field}' is an unknown field.`);
    }
  }
  const require = (field: string): Value => {
    const value = operand.get(field);
    if (value !== undefined) return value;
    throw new MongoError('IDLFailedToParse', `BSON field '${name}.${field}' is missing but a required field`);
  };
  const input = require('input');
  const p = hasP ? require('p') : undefined;
  checkMethod(require('method'), name);
  return { input: call.parse(input), p };
}

function checkMethod(method: Value, name: string): void {
  if (typeof method !== 'string') {
    throw new MongoError(
      'TypeMismatch',
      `BSON field '${name}.method' is the wrong type '${typeName(method)}', expected type 'string'`,
    );
  }
  if (method === 'approximate') return;
  throw new MongoError('BadValue', "Currently only 'approximate' can be used as percentile 'method'.");
}

/** The percentiles as fractions. Throws 7750301, 7750302 or 7750303. */
export function requireFractions(value: Argument): number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new MongoError(
      'Location7750301',
      `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ${printValue(value)}`,
    );
  }
  return value.map((element) => {
    if (!isNumeric(element)) {
      throw new MongoError(
        'Location7750302',
        `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ${printValue(element)}`,
      );
    }
    const fraction = toDouble(element);
    if (fraction >= 0 && fraction <= 1) return fraction;
    throw new MongoError(
      'Location7750303',
      `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ${printValue(element)}`,
    );
  });
}

/** For each fraction the smallest number that at least so many of the numbers do not exceed; null without numbers. */
export function percentiles(input: Argument, fractions: readonly number[]): Value[] {
  const values = Array.isArray(input) ? input : [input];
  const numbers = values.filter(isNumeric).map(toDouble).sort(compareDoubles);
  return fractions.map((fraction) => {
    const rank = Math.max(0, Math.ceil(fraction * numbers.length) - 1);
    const number = numbers[rank];
    return number === undefined ? null : double(number);
  });
}

/** NaN first. */
function compareDoubles(left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(right)) - Number(Number.isNaN(left));
  return left - right;
}
