import { MongoError } from '../error/mongo-error.ts';
import { EncodedValue } from './encoded-value.ts';
import { type Modifier, unchanged } from './modifier.ts';

/** Removes the elements of an array that a condition holds for: $pull and $pullAll. */
export class CullElements implements Modifier {
  readonly #isCulled: (element: EncodedValue) => boolean;

  constructor(isCulled: (element: EncodedValue) => boolean) {
    this.#isCulled = isCulled;
  }

  change(current: EncodedValue): EncodedValue | typeof unchanged {
    if (!current.isArray) throw new MongoError('BadValue', 'Cannot apply $pull to a non-array value');
    const elements = current.elements();
    const kept = elements.filter((element) => !this.#isCulled(element));
    return kept.length === elements.length ? unchanged : EncodedValue.ofElements(kept);
  }

  create(): undefined {
    return undefined;
  }

  toleratesBlockedPath(): boolean {
    return false;
  }
}
