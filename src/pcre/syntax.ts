/** A PCRE pattern as a tree. Flags are resolved while parsing: every node says itself how it matches. */

export type Node =
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  /** One code point; `ignoreCase` as in force where it stands. */
  | { readonly kind: 'character'; readonly code: number; readonly ignoreCase: boolean }
  /** A set of code points, as JavaScript writes it between brackets. */
  | { readonly kind: 'set'; readonly source: string; readonly isNegated: boolean; readonly ignoreCase: boolean }
  /** Something that JavaScript writes like this, of this many code points. */
  | { readonly kind: 'verbatim'; readonly source: string; readonly length: number }
  /** The match begins here (`\K`). */
  | { readonly kind: 'keepOut' }
  | { readonly kind: 'capture'; readonly index: number; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'look'; readonly opener: '(?=' | '(?!' | '(?<=' | '(?<!'; readonly body: Node }
  | { readonly kind: 'reference'; readonly index: number }
  /** `(?(1)yes|no)`. */
  | { readonly kind: 'condition'; readonly index: number; readonly yes: Node; readonly no: Node }
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly least: number;
      /** Infinity for no limit. */
      readonly most: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    };

/** A pattern that cannot be; `offset` counts UTF-16 units. */
export class PatternProblem {
  readonly message: string;
  readonly offset: number;
  constructor(message: string, offset: number) {
    this.message = message;
    this.offset = offset;
  }
}

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
}

/** Number of code points that a node matches, NaN where it is not always the same. */
export function width(node: Node): number {
  switch (node.kind) {
    case 'character':
    case 'set':
      return 1;
    case 'verbatim':
      return node.length;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + width(item), 0);
    case 'choice': {
      const widths = new Set(node.branches.map(width));
      return widths.size === 1 ? width(node.branches[0] as Node) : Number.NaN;
    }
    case 'capture':
    case 'atomic':
      return width(node.body);
    case 'repeat':
      return node.least === node.most ? node.least * width(node.body) : Number.NaN;
    case 'look':
    case 'keepOut':
      return 0;
    default:
      return Number.NaN;
  }
}
