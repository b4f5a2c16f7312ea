/**
 * Who must come before whom.
 *
 *   ww   wrote the version before       wr   wrote what the other read       time   had ended when the other began
 *   rw   read a version that the other replaced: the reader did not see the writer
 *
 * Snapshot isolation holds exactly when following ww, wr and time, with at most one rw between two of them, never leads back
 * to the start (Cerone and Gotsman, "Analysing Snapshot Isolation", 2016): write skew needs two rw in a row. A way back is
 * told by the number of its rw: none is circular information flow, one is read skew (lost update, when a transaction read
 * what it wrote after the other), more are a long fork.
 */
import type { Transaction } from './history.ts';

export type EdgeKind = 'ww' | 'wr' | 'time' | 'rw';

interface Edge {
  readonly to: number;
  readonly kind: EdgeKind;
  readonly key: number | undefined;
}

export interface CycleStep extends Edge {
  readonly from: number;
}

export class DependencyGraph {
  readonly #edges = new Map<number, Edge[]>();
  readonly #anti = new Map<number, Edge[]>();

  add(from: Transaction, to: Transaction, kind: EdgeKind, key?: number): void {
    if (from === to) return;
    const edges = kind === 'rw' ? this.#anti : this.#edges;
    let list = edges.get(from.id);
    if (list === undefined) {
      list = [];
      edges.set(from.id, list);
    }
    if (!list.some((edge) => edge.to === to.id && edge.kind === kind)) list.push({ to: to.id, kind, key });
  }

  /** One shortest way back for each knot of transactions that have one. */
  cycles(): CycleStep[][] {
    return this.#knots().flatMap((knot) => {
      const members = new Set(knot);
      let shortest: CycleStep[] | undefined;
      for (const start of knot.slice(0, 200)) {
        const cycle = this.#shortestBack(start, members);
        if (cycle !== undefined && (shortest === undefined || cycle.length < shortest.length)) shortest = cycle;
      }
      return shortest === undefined ? [] : [shortest];
    });
  }

  /** Steps that count as one: a dependency, alone or with one rw after it. */
  *#hops(from: number): IterableIterator<{ readonly to: number; readonly steps: readonly CycleStep[] }> {
    for (const edge of this.#edges.get(from) ?? []) {
      const first = { from, ...edge };
      yield { to: edge.to, steps: [first] };
      for (const anti of this.#anti.get(edge.to) ?? [])
        yield { to: anti.to, steps: [first, { from: edge.to, ...anti }] };
    }
  }

  #shortestBack(start: number, members: ReadonlySet<number>): CycleStep[] | undefined {
    const cameBy = new Map<number, { readonly from: number; readonly steps: readonly CycleStep[] }>();
    let border = [start];
    while (border.length > 0) {
      const next: number[] = [];
      for (const from of border) {
        for (const { to, steps } of this.#hops(from)) {
          if (!members.has(to) || cameBy.has(to)) continue;
          cameBy.set(to, { from, steps });
          if (to === start) return wayBack(start, cameBy);
          next.push(to);
        }
      }
      border = next;
    }
    return undefined;
  }

  /** Strongly connected transactions (Tarjan, without recursion: histories are long), and those that lead to themselves. */
  #knots(): number[][] {
    const index = new Map<number, number>();
    const low = new Map<number, number>();
    const onStack = new Set<number>();
    const stack: number[] = [];
    const knots: number[][] = [];
    for (const root of this.#edges.keys()) {
      if (index.has(root)) continue;
      const path: { readonly at: number; readonly hops: Iterator<{ readonly to: number }> }[] = [];
      const enter = (at: number): void => {
        index.set(at, index.size);
        low.set(at, index.get(at) ?? 0);
        stack.push(at);
        onStack.add(at);
        path.push({ at, hops: this.#hops(at) });
      };
      enter(root);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const hop = top.hops.next();
        const own = low.get(top.at) ?? 0;
        if (hop.done !== true) {
          const { to } = hop.value;
          if (!index.has(to)) enter(to);
          else if (onStack.has(to)) low.set(top.at, Math.min(own, index.get(to) ?? 0));
          continue;
        }
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low.set(parent.at, Math.min(low.get(parent.at) ?? 0, own));
        if (own !== index.get(top.at)) continue;
        const knot = stack.splice(stack.indexOf(top.at));
        for (const member of knot) onStack.delete(member);
        if (knot.length > 1 || this.#leadsToItself(top.at)) knots.push(knot);
      }
    }
    return knots;
  }

  #leadsToItself(at: number): boolean {
    for (const { to } of this.#hops(at)) if (to === at) return true;
    return false;
  }
}

function wayBack(
  start: number,
  cameBy: ReadonlyMap<number, { readonly from: number; readonly steps: readonly CycleStep[] }>,
): CycleStep[] {
  const cycle: CycleStep[] = [];
  let at = start;
  do {
    const came = cameBy.get(at);
    if (came === undefined) throw new RangeError('the way back has a gap');
    cycle.unshift(...came.steps);
    at = came.from;
  } while (at !== start);
  return cycle;
}
