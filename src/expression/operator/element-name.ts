import type { Value } from '../../bson/value.ts';
import { checkVariableName } from '../context.ts';

/** The variable of the current element: `as`, by default `this`. */
export function elementName(as: Value | undefined): string {
  if (as === undefined) return 'this';
  const name = typeof as === 'string' ? as : '';
  checkVariableName(name);
  return name;
}
