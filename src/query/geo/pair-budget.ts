/**
 * Whether a polygon is one is asked of pairs of its vertices and edges. Most pairs lie far apart: sorted along one axis, only
 * those whose extents overlap are looked at. What is drawn so that all of them overlap runs out of its budget.
 *
 *   axis ──►   ├──a──┤
 *                 ├───b───┤          a with b, b with c; never a with c
 *                       ├──c──┤
 */
import { MongoError } from '../../error/mongo-error.ts';
import { dot, type Vector } from './sphere.ts';

/** Pairs of vertices or edges that may be compared for the shapes of one document: about a second of work. */
const mostPairs = 10_000_000;

export class PairBudget {
  #left = mostPairs;

  /** Throws BadValue once there were too many. */
  spend(pairs: number): void {
    this.#left -= pairs;
    if (this.#left >= 0) return;
    throw new MongoError(
      'BadValue',
      `geometry is too complex: more than ${mostPairs} pairs of its edges lie side by side`,
    );
  }
}

type Edge = readonly [Vector, Vector];

interface Extent<Item> {
  readonly item: Item;
  readonly low: number;
  readonly high: number;
}

type Axis = 'x' | 'y' | 'z';

/** The axis along which points lie farthest apart. */
function widestAxis(points: readonly Vector[]): Axis {
  let widest: Axis = 'x';
  let width = -1;
  for (const axis of ['x', 'y', 'z'] as const) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const point of points) {
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
    if (high - low > width) {
      width = high - low;
      widest = axis;
    }
  }
  return widest;
}

function someOverlap<Item>(
  extents: Extent<Item>[],
  budget: PairBudget,
  holds: (one: Item, other: Item) => boolean,
): boolean {
  extents.sort((left, right) => left.low - right.low);
  for (const [at, { item, high }] of extents.entries()) {
    for (let next = at + 1; next < extents.length; next++) {
      const other = extents[next] as Extent<Item>;
      if (other.low > high) break;
      budget.spend(1);
      if (holds(item, other.item)) return true;
    }
  }
  return false;
}

/** Beyond what points may differ by and be the same. */
const nearness = 1e-14;

/** Whether two of the points are as `holds` asks, which may be true of points that are all but equal alone. */
export function somePoints(
  points: readonly Vector[],
  budget: PairBudget,
  holds: (one: Vector, other: Vector) => boolean,
): boolean {
  const axis = widestAxis(points);
  const extents = points.map((item) => ({ item, low: item[axis], high: item[axis] + nearness }));
  return someOverlap(extents, budget, holds);
}

/** Whether two of the edges are as `holds` asks, which may be true of edges that touch alone. */
export function someEdges(
  edges: readonly Edge[],
  budget: PairBudget,
  holds: (one: Edge, other: Edge) => boolean,
): boolean {
  const axis = widestAxis(edges.map(([from]) => from));
  const extents = edges.map((item) => {
    const [from, to] = item;
    // An arc leaves its chord by no more than this on its way over the sphere.
    const bulge = 1 - Math.sqrt(Math.max(0, (1 + dot(from, to)) / 2)) + nearness;
    return { item, low: Math.min(from[axis], to[axis]) - bulge, high: Math.max(from[axis], to[axis]) + bulge };
  });
  return someOverlap(extents, budget, holds);
}
