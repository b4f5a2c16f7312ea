/**
 * How much work a pattern can make for an engine that tries one way after the other.
 *
 * A pattern that fails is tried in every way in which its parts can share the text: `a*a*` can cut n characters in n ways,
 * `a*a*a*` in n², and `(a+)+` in 2ⁿ, as each of its rounds may be longer or shorter. What is found here is a bound
 *
 *     ways ≤ coefficient · n^degree        (no bound at all where the degree is infinite)
 *
 * A repeated set whose end is marked by something that is not in it (`\w+\.`) has one way only, and so has a choice whose
 * branches begin differently. What is not seen as such counts as ambiguous: the bound may be too high, never too low.
 */
import { areDisjoint, type CodeSet, codeSet, union } from './code-set.ts';
import { escapeCode } from './escape.ts';
import type { Node } from './syntax.ts';

export interface Cost {
  readonly coefficient: number;
  readonly degree: number;
  /** One of those ways may have to run along the text. */
  readonly hasRun: boolean;
}

const one: Cost = { coefficient: 1, degree: 0, hasRun: false };
const run: Cost = { ...one, hasRun: true };
const unbounded: Cost = { ...one, degree: Number.POSITIVE_INFINITY };

/** The most steps that searching a text of this length may take. */
export function stepsFor({ coefficient, degree }: Cost, length: number): number {
  return coefficient * (length + 1) ** degree;
}

/** The cost of searching a text for the pattern from every position. */
export function searchCost(root: Node): Cost {
  const items = root.kind === 'sequence' ? root.items : [root];
  const last = items.at(-1);
  // What comes last and may stop anywhere does not fail, so that nobody comes back to it.
  const tried = last?.kind === 'repeat' && last.body.kind === 'set' ? items.slice(0, -1) : items;
  const { coefficient, degree, hasRun } = sequenceWays(tried, undefined);
  const isAnchored = items[0]?.kind === 'verbatim' && items[0].source === startOfText;
  // A run along what is repeated in one way only, from each position to begin at.
  return { coefficient, degree: degree + (isAnchored ? 0 : 1) + (hasRun ? 1 : 0), hasRun };
}

/** How `^` and `\A` stand in the tree. */
const startOfText = '(?<![^])';

function times(left: Cost, right: Cost): Cost {
  return {
    coefficient: left.coefficient * right.coefficient,
    degree: left.degree + right.degree,
    hasRun: left.hasRun || right.hasRun,
  };
}

function plus(left: Cost, right: Cost): Cost {
  return { ...larger(left, right), coefficient: left.coefficient + right.coefficient };
}

function larger(left: Cost, right: Cost): Cost {
  return {
    coefficient: Math.max(left.coefficient, right.coefficient),
    degree: Math.max(left.degree, right.degree),
    hasRun: left.hasRun || right.hasRun,
  };
}

/** `follower` is what has to come next, where that is known. */
function ways(node: Node, follower: CodeSet | undefined): Cost {
  switch (node.kind) {
    case 'sequence':
      return sequenceWays(node.items, follower);
    case 'choice':
      return choiceWays(node.branches, follower);
    case 'condition':
      return plus(ways(node.yes, follower), ways(node.no, follower));
    case 'capture':
      return ways(node.body, follower);
    case 'atomic':
    case 'look':
      // Its own ways end with it, but they are tried.
      return ways(node.body, undefined);
    case 'repeat':
      return repeatWays(node, follower);
    default:
      return one;
  }
}

function sequenceWays(items: readonly Node[], follower: CodeSet | undefined): Cost {
  return items.reduce((cost, item, at) => {
    const next = items[at + 1];
    return times(cost, ways(item, next === undefined ? follower : firstOf(next)));
  }, one);
}

function choiceWays(branches: readonly Node[], follower: CodeSet | undefined): Cost {
  const firsts = branches.map(firstOf);
  const known = firsts.filter((first) => first !== undefined);
  const differ = known.length === firsts.length && areDisjoint(known);
  const costs = branches.map((branch) => ways(branch, follower));
  return costs.reduce(differ ? larger : plus);
}

function repeatWays(node: Extract<Node, { kind: 'repeat' }>, follower: CodeSet | undefined): Cost {
  const { body, least, most } = node;
  const first = firstOf(body);
  const endIsMarked = first !== undefined && follower !== undefined && areDisjoint([first, follower]);
  const round = ways(body, first && follower && union([first, follower]));
  const isSure = round.coefficient === 1 && round.degree === 0 && canOnlyBeNonEmpty(body);
  if (isSure && endIsMarked) return run;
  if (least === most && isSure) return one;
  if (most === Number.POSITIVE_INFINITY) return isSure ? { ...one, degree: 1 } : unbounded;
  if (isSure) return { ...one, coefficient: most - least + 1 };
  const rounds = Math.max(most, 1);
  return { coefficient: (round.coefficient + 1) ** rounds, degree: round.degree * rounds, hasRun: round.hasRun };
}

const knownFirsts = new WeakMap<Node, { readonly first: CodeSet | undefined }>();

/** What the node's text begins with, where it has a beginning and that is a set of its own. */
function firstOf(node: Node): CodeSet | undefined {
  const known = knownFirsts.get(node);
  if (known !== undefined) return known.first;
  const first = findFirst(node);
  knownFirsts.set(node, { first });
  return first;
}

function findFirst(node: Node): CodeSet | undefined {
  switch (node.kind) {
    case 'character':
      return codeSet(escapeCode(node.code), false, node.ignoreCase);
    case 'set':
      return codeSet(node.source, node.isNegated, node.ignoreCase);
    case 'capture':
    case 'atomic':
      return firstOf(node.body);
    case 'sequence':
      return node.items[0] === undefined ? undefined : firstOf(node.items[0]);
    case 'repeat':
      return node.least > 0 ? firstOf(node.body) : undefined;
    case 'choice': {
      const sets = node.branches.map(firstOf);
      if (sets.some((set) => set === undefined)) return undefined;
      return union(sets.filter((set) => set !== undefined));
    }
    default:
      return undefined;
  }
}

function canOnlyBeNonEmpty(node: Node): boolean {
  return firstOf(node) !== undefined || (node.kind === 'verbatim' && node.length > 0);
}
