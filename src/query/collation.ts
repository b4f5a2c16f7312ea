import type { StringComparison } from '../bson/compare.ts';
import type { StringKey } from '../bson/ordered-key.ts';
import type { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { buildComparison, type Comparison } from './collation/comparison.ts';
import { type CollationOptions, completeSpecification, parseCollationOptions } from './collation/options.ts';
import { SortKeys } from './collation/sort-key.ts';

/** How strings compare. Made by `parseCollation`; equal specifications give the same object. */
export class Collation implements StringComparison, StringKey {
  /** Complete, with defaults filled in, as listCollections and listIndexes show it. */
  readonly specification: BsonDocument;
  /** `{locale: 'simple'}`: by bytes, as if there were no collation. */
  readonly isSimple: boolean;
  readonly #compare: Comparison;
  readonly #keys: SortKeys | undefined;

  constructor(options: CollationOptions) {
    this.specification = completeSpecification(options);
    this.isSimple = options.locale === 'simple';
    this.#compare = buildComparison(options);
    this.#keys = this.isSimple || options.locale.endsWith('_POSIX') ? undefined : new SortKeys(options);
  }

  compare(left: string, right: string): number {
    return this.#compare(left, right);
  }

  /** A string whose UTF-8 bytes order as this collation orders the texts; equal keys, equal texts. */
  sortKey(text: string): string {
    return this.#keys === undefined ? text : this.#keys.keyOf(text);
  }
}

const known = new Map<string, Collation>();

/** Reads a collation; throws BadValue, TypeMismatch, … for one that ICU would not take. */
export function parseCollation(specification: BsonDocument): Collation {
  const collation = new Collation(parseCollationOptions(specification));
  const key = keyOf(collation);
  const same = known.get(key);
  if (same !== undefined) return same;
  // There are some thousand combinations of locales and options that make sense; whoever tries all starts anew.
  if (known.size >= 1000) known.clear();
  known.set(key, collation);
  return collation;
}

function keyOf(collation: Collation): string {
  return encodeDocument(collation.specification).toString('latin1');
}

/** Whether two collations order strings alike; undefined and simple are the same. */
export function collationsEqual(left: Collation | undefined, right: Collation | undefined): boolean {
  const isLeftSimple = left === undefined || left.isSimple;
  const isRightSimple = right === undefined || right.isSimple;
  if (isLeftSimple || isRightSimple) return isLeftSimple === isRightSimple;
  return left === right || keyOf(left) === keyOf(right);
}
