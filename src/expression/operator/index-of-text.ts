import { printValue } from '../../bson/print.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Argument } from '../operator.ts';
import { asInt32 } from './integer-argument.ts';
import { describeType } from './numeric.ts';

/** The two strings of `$indexOfBytes` and `$indexOfCP`. */
export function requireTexts(
  name: string,
  [text, wanted]: readonly Argument[],
  first: CodeName,
  second: CodeName,
): { readonly text: string; readonly wanted: string } {
  if (typeof text !== 'string') {
    throw new MongoError(first, `${name} requires a string as the first argument, found: ${describeType(text)}`);
  }
  if (typeof wanted !== 'string') {
    throw new MongoError(second, `${name} requires a string as the second argument, found: ${describeType(wanted)}`);
  }
  return { text, wanted };
}

/** Where they look: from the third argument up to the fourth, at most `length`. Throws 40096 or 40097. */
export function textRange(
  name: string,
  values: readonly Argument[],
  length: number,
): { readonly start: number; readonly end: number } {
  const start = values.length > 2 ? requireIndex(name, values[2], 'starting') : 0;
  const end = values.length > 3 ? requireIndex(name, values[3], 'ending') : length;
  return { start, end: Math.min(end, length) };
}

function requireIndex(name: string, value: Argument, place: string): number {
  const index = asInt32(value);
  if (index === undefined) {
    throw new MongoError(
      'Location40096',
      `${name} requires an integral ${place} index, found a value of type: ${describeType(value)}, with value: "${printValue(value)}"`,
    );
  }
  if (index < 0) {
    throw new MongoError('Location40097', `${name} requires a nonnegative ${place} index, found: ${index}`);
  }
  return index;
}
