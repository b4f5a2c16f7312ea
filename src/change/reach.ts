/**
 * How far an update reached into a document, so that its description names what it set and not merely what became
 * different: `{$set: {a: {b: 1, c: 2}}}` set `a`, even where only `a.b` was another before.
 */
export interface Reach {
  /**
   * `document`: a new document in place of the old one. `compare`: anything may have changed, and comparing tells what.
   * `inside`: ask `step` which parts. `value`: this value as a whole. `append`: this array got elements at its end.
   * `none`: not touched.
   */
  readonly kind: 'document' | 'compare' | 'inside' | 'value' | 'append' | 'none';
  /** The same for a field, or for the element of an array at this index. */
  step(name: string): Reach;
}

function constant(kind: Reach['kind']): Reach {
  const reach: Reach = { kind, step: () => reach };
  return reach;
}

/** A replacement. */
export const wholeDocument: Reach = constant('document');

/** An update whose parts nobody knows, such as a pipeline. */
export const unknownReach: Reach = constant('compare');

export const wholeValue: Reach = constant('value');
export const appended: Reach = constant('append');
export const untouched: Reach = constant('none');
