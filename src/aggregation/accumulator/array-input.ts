import type { Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** The input of an accumulator that takes arrays alone; TypeMismatch for anything else. */
export function requireArrayInput(name: string, input: Value): readonly Value[] {
  if (Array.isArray(input)) return input;
  throw new MongoError('TypeMismatch', `${name} requires array inputs, but input ${typeName(input)} is of wrong type`);
}
