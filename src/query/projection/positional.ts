import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Scope } from '../../expression/expression.ts';
import type { Filter } from '../filter.ts';

/** `path.$`: of the first array on the path, the element by which the filter matched. */
export class PositionalField {
  readonly #names: readonly string[];
  readonly #filter: Filter;

  constructor(path: string, filter: Filter) {
    this.#names = path.split('.');
    this.#filter = filter;
  }

  /** The projected document with that array cut down. Throws 51246 where no element made the document match. */
  apply(projected: BsonDocument, original: BsonDocument, scope: Scope | undefined): BsonDocument {
    return this.#inDocument(projected, 0, () => this.#filter.arrayPosition(encodeDocument(original), scope));
  }

  #inDocument(document: BsonDocument, depth: number, position: () => number | undefined): BsonDocument {
    const name = this.#names[depth] as string;
    const value = document.get(name);
    if (value === undefined) return document;
    const changed = this.#inValue(value, depth, position);
    if (changed === value) return document;
    return BsonDocument.fromFields(document.toFields().set(name, changed));
  }

  #inValue(value: Value, depth: number, position: () => number | undefined): Value {
    if (Array.isArray(value)) {
      const index = position();
      const element = index === undefined ? undefined : (value[index] as Value | undefined);
      if (element !== undefined) return [element];
      throw new MongoError(
        'Location51246',
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    }
    const isOnTheWay = value instanceof BsonDocument && depth < this.#names.length - 1;
    return isOnTheWay ? this.#inDocument(value, depth + 1, position) : value;
  }
}
