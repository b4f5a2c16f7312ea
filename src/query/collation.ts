import type { StringComparison } from '../bson/compare.ts';
import type { StringKey } from '../bson/ordered-key.ts';
import type { BsonDocument } from '../bson/value.ts';
import { invariant } from '../error/invariant.ts';

/** How strings compare. */
export interface Collation extends StringComparison, StringKey {
  /** Complete, with defaults filled in, as listCollections and listIndexes show it. */
  readonly specification: BsonDocument;
  /** `{locale: 'simple'}`: by bytes, as if there were no collation. */
  readonly isSimple: boolean;
}

/** Reads a collation; throws BadValue, TypeMismatch, FailedToParse for one that ICU would not take. */
export function parseCollation(specification: BsonDocument): Collation {
  invariant(false, `no collation yet of ${specification.size()} fields`);
}

/** Whether two collations order strings alike; undefined and simple are the same. */
export function collationsEqual(left: Collation | undefined, right: Collation | undefined): boolean {
  return left === right;
}
