import { valuesEqual } from '../../bson/compare.ts';
import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { IndexDescriptor } from '../index-descriptor.ts';

/** What a hint asks for. */
export type Hint =
  | { readonly kind: 'none' }
  | { readonly kind: 'natural'; readonly direction: 1 | -1 }
  | { readonly kind: 'index'; readonly index: IndexDescriptor };

/** Reads a hint. Throws BadValue where no such index is there, or none that may be used. */
export function resolveHint(hint: Value | undefined, indexes: readonly IndexDescriptor[]): Hint {
  if (hint === undefined || (hint instanceof BsonDocument && hint.isEmpty())) return { kind: 'none' };
  if (hint instanceof BsonDocument && hint.has('$natural')) return natural(hint);
  const found = indexes.filter((index) =>
    typeof hint === 'string' ? index.name === hint : valuesEqual(index.keyPattern, hint),
  );
  const usable = found.find((index) => !index.isHidden);
  if (usable === undefined) {
    throw new MongoError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  }
  return { kind: 'index', index: usable };
}

function natural(hint: BsonDocument): Hint {
  const value = hint.get('$natural');
  const direction = isNumeric(value) ? toDouble(value) : 0;
  if (hint.size() > 1 || (direction !== 1 && direction !== -1)) {
    throw new MongoError('BadValue', '$natural hint must be the only field, with 1 or -1');
  }
  return { kind: 'natural', direction };
}
