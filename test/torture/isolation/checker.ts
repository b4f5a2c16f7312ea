/**
 * Finds what snapshot isolation forbids in a history, and tells it by its name. Write skew is allowed. The history must end
 * with reads of every key.
 */
import { type CycleStep, DependencyGraph } from './dependency-graph.ts';
import type { Anomaly, AnomalyName, History, Transaction } from './history.ts';
import { Versions } from './versions.ts';

export function check(history: History): Anomaly[] {
  const versions = new Versions(history);
  const graph = new DependencyGraph();
  addVersionEdges(graph, versions);
  addTimeEdges(graph, history);
  return [...versions.anomalies, ...graph.cycles().map((cycle) => describe(cycle))];
}

function addVersionEdges(graph: DependencyGraph, versions: Versions): void {
  const writerOf = (key: number, at: number): Transaction | undefined => {
    return versions.writers.get(versions.orders.get(key)?.[at] ?? Number.NaN);
  };
  for (const [key, order] of versions.orders) {
    for (let at = 1; at < order.length; at++) {
      const [before, after] = [writerOf(key, at - 1), writerOf(key, at)];
      if (before !== undefined && after !== undefined) graph.add(before, after, 'ww', key);
    }
  }
  for (const { reader, key, seen } of versions.reads) {
    const [last, next] = [writerOf(key, seen - 1), writerOf(key, seen)];
    if (last !== undefined) graph.add(last, reader, 'wr', key);
    if (next !== undefined) graph.add(reader, next, 'rw', key);
  }
}

/** Who had ended before whom, without what follows from the rest: only the latest that had ended matter. */
function addTimeEdges(graph: DependencyGraph, history: History): void {
  const events = history.flatMap((transaction) => [
    { at: transaction.begin, isBegin: true, transaction },
    { at: transaction.end, isBegin: false, transaction },
  ]);
  events.sort((left, right) => left.at - right.at);
  const latest = new Set<Transaction>();
  for (const { isBegin, transaction } of events) {
    if (isBegin) {
      for (const ended of latest) graph.add(ended, transaction, 'time');
    } else if (transaction.outcome !== 'unknown') {
      for (const ended of latest) if (ended.end < transaction.begin) latest.delete(ended);
      latest.add(transaction);
    }
  }
}

function describe(cycle: readonly CycleStep[]): Anomaly {
  const arrows = cycle.map(({ from, kind, key }) => `${from} ─${kind}${key === undefined ? '' : ` ${key}`}→`);
  return { name: nameOf(cycle), text: `transactions ${arrows.join(' ')} ${cycle[0]?.from}` };
}

function nameOf(cycle: readonly CycleStep[]): AnomalyName {
  const anti = cycle.filter(({ kind }) => kind === 'rw');
  if (cycle.some(({ kind }) => kind === 'time')) return 'stale read';
  if (anti.length === 0) return 'circular information flow';
  if (anti.length > 1) return 'long fork';
  const isOneKey = cycle.every(({ kind, key }) => key === anti[0]?.key && kind !== 'wr');
  return isOneKey ? 'lost update' : 'read skew';
}
