import { document } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import type { WorkWatch } from '../../clock/work-watch.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import type { Collation } from '../collation.ts';
import { type Filter, parseFilter } from '../filter.ts';

/** `{ path: { $elemMatch: condition } }`: an array of the first element that meets the condition; missing without one. */
export class ElemMatchProjection implements Expression {
  readonly #name: string;
  readonly #filter: Filter;

  constructor(name: string, filter: Filter) {
    this.#name = name;
    this.#filter = filter;
  }

  evaluate(scope: Scope): Value | undefined {
    const index = this.#filter.arrayPosition(encodeDocument(scope.root), scope);
    const array = scope.root.get(this.#name);
    if (index === undefined || !Array.isArray(array)) return undefined;
    return [array[index] as Value];
  }
}

/** Throws 31274 for a condition that is no document, 31275 for a path below another field. */
export function parseElemMatch(
  path: string,
  condition: Value,
  collation: Collation | undefined,
  watch: WorkWatch | undefined,
): ElemMatchProjection {
  if (!(condition instanceof BsonDocument)) {
    throw new MongoError('Location31274', 'elemMatch: Invalid argument, object required');
  }
  if (path.includes('.')) throw new MongoError('Location31275', 'Cannot use $elemMatch projection on a nested field');
  const filter = parseFilter(document({ [path]: { $elemMatch: condition } }), {
    collation,
    watch,
    place: 'elemMatchProjection',
  });
  return new ElemMatchProjection(path, filter);
}
