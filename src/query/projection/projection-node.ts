/** What a projection does at one level of a document: which fields it keeps, goes into, slices or computes. */
import { type EncodedName, encodeName } from '../../bson/read.ts';
import type { Expression } from '../../expression/expression.ts';

/** Which elements of an array are kept. */
export interface Slice {
  /** Elements to pass over; negative counts from the end. */
  readonly skip: number;
  /** Elements to keep, at most. */
  readonly limit: number;
}

/** What happens to one field. */
export type FieldAction =
  | { readonly kind: 'include' }
  | { readonly kind: 'exclude' }
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'descend'; readonly node: ProjectionNode }
  | { readonly kind: 'compute'; readonly expression: Expression };

/** Fields by name, in the order of the specification. */
export class ProjectionNode {
  readonly fields = new Map<string, FieldAction>();
  /** The same by the bytes of their names; computed fields are not copied and are not here. */
  readonly #copied = new Map<EncodedName, FieldAction>();
  #hasComputed: boolean | undefined;

  set(name: string, action: FieldAction): void {
    this.fields.set(name, action);
    if (action.kind !== 'compute') this.#copied.set(encodeName(name), action);
  }

  /** What happens to a field that a document has; undefined where the projection does not name it. */
  actionOf(name: EncodedName): FieldAction | undefined {
    return this.#copied.get(name);
  }

  /** Whether something is computed here or below. */
  get hasComputed(): boolean {
    this.#hasComputed ??= [...this.fields.values()].some(
      (action) => action.kind === 'compute' || (action.kind === 'descend' && action.node.hasComputed),
    );
    return this.#hasComputed;
  }
}
