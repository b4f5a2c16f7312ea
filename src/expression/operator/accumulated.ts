import type { Argument } from '../operator.ts';

/** What an accumulator that stands as an expression adds up: the elements of its only argument's array, or the arguments. */
export function inputsOf(values: readonly Argument[]): readonly Argument[] {
  const [first] = values;
  return values.length === 1 && Array.isArray(first) ? first : values;
}
