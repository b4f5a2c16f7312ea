/** Rules that several window functions share about where they stand. */
import { BsonDocument } from '../../bson/value.ts';
import type { CodeName } from '../../error/codes.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { WindowCall } from '../window.ts';

/** Throws FailedToParse where a function that needs no window was given one. */
export function refuseWindow({ bounds, name }: WindowCall): void {
  if (bounds === undefined) return;
  throw new MongoError('FailedToParse', `${name} does not accept a 'window' field`);
}

/** Throws unless the stage is sorted. */
export function requireSorted({ name, sort }: WindowCall, codeName: CodeName): void {
  if (sort === undefined) throw new MongoError(codeName, `${name} requires a sortBy`);
}

/** The only field that the stage is sorted by; throws where there is none or more than one. */
export function requireOnlySort({ name, sort }: WindowCall, codeName: CodeName) {
  if (sort?.only === undefined) {
    throw new MongoError(
      codeName,
      `${name} must be specified with a top level sortBy expression with exactly one element`,
    );
  }
  return sort.only;
}

/** Throws unless the argument is {}. */
export function requireNoArgument({ argument, name }: WindowCall): void {
  if (argument instanceof BsonDocument && argument.isEmpty()) return;
  throw new MongoError('Location5371601', `(None) ${name} must be specified with '{}' as the value`);
}
