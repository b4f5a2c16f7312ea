import { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import { EncodedValue } from './encoded-value.ts';
import { type Modifier, type ModifierRun, unchanged } from './modifier.ts';

/** What it counts to look at one element. */
const stepsToDecode = 4;

type Condition = (element: EncodedValue, scope: Scope | undefined) => boolean;

/** Removes the elements of an array that a condition holds for: $pull and $pullAll. */
export class CullElements implements Modifier {
  readonly #isCulled: Condition;

  constructor(isCulled: Condition) {
    this.#isCulled = isCulled;
  }

  change(current: EncodedValue, { run: { scope } }: ModifierRun): EncodedValue | typeof unchanged {
    if (!current.isArray) throw new MongoError('BadValue', 'Cannot apply $pull to a non-array value');
    const elements = current.elements();
    const kept = elements.filter((element) => {
      scope?.step(stepsToDecode);
      return !this.#isCulled(element, scope);
    });
    return kept.length === elements.length ? unchanged : EncodedValue.ofElements(kept);
  }

  create(): undefined {
    return undefined;
  }

  toleratesBlockedPath(): boolean {
    return false;
  }
}
