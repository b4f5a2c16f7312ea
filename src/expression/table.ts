import { $abs } from './operator/$abs.ts';
import { $literal } from './operator/$literal.ts';
import type { OperatorParser } from './operator.ts';

/** Every operator of the language, alphabetical. */
const operators: Readonly<Record<string, OperatorParser>> = {
  $abs,
  $const: $literal,
  $literal,
};

/** The operator of this name, or undefined. */
export function findOperator(name: string): OperatorParser | undefined {
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}

/** Operators that `apiStrict: true` refuses. */
const outsideStableApi: ReadonlySet<string> = new Set(['$toHashedIndexKey', '$meta', '$function', '$accumulator']);

export function isOutsideStableApi(name: string): boolean {
  return outsideStableApi.has(name);
}
