/**
 * How a query is answered: which index, which ranges of its keys, what is left to do with the records. Pure: descriptors
 * in, a plan out.
 *
 *   filter ─ predicate.ts ─► statements about paths ─ test-bounds.ts ─► intervals of values
 *          ─ candidate.ts ─► per index: ranges of keys, their cost, the order they give ─► the cheapest
 *
 * Documents are tested against the whole filter after all, so that a plan may read too much and never too little. An index
 * is left alone when it could miss a document: sparse or partial ones unless the filter implies what they hold, one with
 * another collation for strings, one with arrays for statements that may be true for different elements.
 */

import { encodeKeyPart } from '../bson/ordered-key.ts';
import { ObjectId } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { EqualityTest } from './equality-test.ts';
import { AndNode, conjunction, type FilterNode } from './filter-node.ts';
import type { IndexDescriptor } from './index-descriptor.ts';
import type { Access, IndexScan, Plan } from './plan/access.ts';
import {
  type Candidate,
  candidateFor,
  collationOf,
  hasAllMatches,
  sortDirection,
  wholeIndex,
} from './plan/candidate.ts';
import {
  boundsDocument,
  collectionScanStage,
  expressStage,
  fetchStage,
  indexScanStage,
  planTree,
  type StageForm,
} from './plan/explain-plan.ts';
import { type Hint, resolveHint } from './plan/hint.ts';
import { isEverything } from './plan/interval.ts';
import { keyLimits } from './plan/key-limit.ts';
import { collectPredicates, type Predicate } from './plan/predicate.ts';
import { nearPlan, textPlan, usableIndexes } from './plan/special-plan.ts';
import type { QueryToPlan } from './query-to-plan.ts';

export type { Access, IndexScan, Plan } from './plan/access.ts';
export type { IndexRange } from './plan/candidate.ts';
export type { QueryToPlan } from './query-to-plan.ts';

/** Plans a query over a collection with these indexes. Throws BadValue, NoQueryExecutionPlans for a hint that cannot be. */
export function planQuery(query: QueryToPlan, indexes: readonly IndexDescriptor[]): Plan {
  const point = idPoint(query, indexes);
  if (point === undefined) return choosePlan(query, indexes);
  // The most frequent query needs no choice; what explain shows of it is worked out when it is asked for.
  const explain = (): BsonDocument => choosePlan(query, indexes).explain();
  return { access: point, isSorted: true, isExact: true, isCovered: false, explain };
}

/** The record under one `_id`, where the filter is an equality on `_id` with a plain value and nothing else is asked. */
function idPoint(query: QueryToPlan, indexes: readonly IndexDescriptor[]): Access | undefined {
  const { filter, hint, min, max, sort, projection } = query;
  if (hint !== undefined || min !== undefined || max !== undefined || sort !== undefined || projection !== undefined)
    return undefined;
  const index = indexes[0];
  if (index?.name !== '_id_' || index.collation !== undefined || filter.collation !== undefined) return undefined;
  const value = filter.specification.get('_id');
  const isPlain = typeof value === 'string' || typeof value === 'number' || value instanceof ObjectId;
  if (!isPlain || filter.specification.size() !== 1) return undefined;
  return { kind: 'idPoint', index, key: encodeKeyPart(value) };
}

function choosePlan(query: QueryToPlan, indexes: readonly IndexDescriptor[]): Plan {
  const hint = resolveHint(query.hint, indexes);
  if (query.filter.text !== undefined) return textPlan(query, query.filter.text, hint, indexes);
  if (query.min !== undefined || query.max !== undefined) return limitedPlan(query, hint);
  const natural = query.sort?.natural;
  if (hint.kind === 'natural' || natural !== undefined) {
    return scanPlan(query, hint.kind === 'natural' ? hint.direction : (natural ?? 1));
  }
  if (query.filter.near !== undefined) return nearPlan(query, query.filter.near, hint, indexes);
  const predicates = collectPredicates(query.filter.node);
  if (hint.kind === 'index') return hintedPlan(query, hint.index, predicates);
  const usable = usableIndexes(query.filter, indexes);
  const best = bestCandidate(query, usable, predicates);
  if (best !== undefined && (best.isBounded || best.direction !== undefined)) {
    const union = best.isBounded ? undefined : unionPlan(query, usable);
    return union ?? indexPlan(query, best.candidate, best.direction);
  }
  return unionPlan(query, usable) ?? scanPlan(query, 1);
}

interface Choice {
  readonly candidate: Candidate;
  /** Whether the filter narrows what is read. */
  readonly isBounded: boolean;
  /** The direction that gives the query's order. */
  readonly direction: 1 | -1 | undefined;
}

/** What a sort costs that no index gives, next to reading what is sorted. */
const sortFactor = 1.2;

function bestCandidate(
  query: QueryToPlan,
  indexes: readonly IndexDescriptor[],
  predicates: readonly Predicate[],
): Choice | undefined {
  let best: Choice | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const index of indexes) {
    const choice = choiceOf(query, index, predicates);
    if (choice === undefined || !hasAllMatches(index, predicates)) continue;
    const isOrdered = query.sort === undefined || choice.direction !== undefined;
    const isCovering = coversProjection(query, choice.candidate);
    const cost =
      (choice.candidate.cost + (choice.isBounded ? 0 : 1)) * (isOrdered ? 1 : sortFactor) * (isCovering ? 0.9 : 1);
    if (cost >= bestCost) continue;
    best = choice;
    bestCost = cost;
  }
  return best;
}

function choiceOf(query: QueryToPlan, index: IndexDescriptor, predicates: readonly Predicate[]): Choice | undefined {
  const candidate = candidateFor(index, predicates, query.filter.collation);
  if (candidate === undefined) return undefined;
  // A bound on a later field alone does not narrow what is read; it must begin at the first.
  const [first] = candidate.bounds;
  const isBounded = first !== undefined && (first.predicates.length > 0 || !first.intervals.every(isEverything));
  const direction = query.sort === undefined ? undefined : sortDirection(candidate, query.sort);
  return { candidate, isBounded, direction };
}

function hintedPlan(query: QueryToPlan, index: IndexDescriptor, predicates: readonly Predicate[]): Plan {
  if (index.fields.some(({ kind }) => kind === '2d' || kind === '2dsphere')) {
    return indexPlan(query, wholeIndex(index), undefined);
  }
  const choice = choiceOf(query, index, predicates);
  if (choice === undefined) {
    const union = unionPlan(query, [index]);
    if (union !== undefined) return union;
    throw new MongoError(
      'NoQueryExecutionPlans',
      'error processing query: planner returned error :: caused by :: No indexed plans available, and running with hint',
    );
  }
  return indexPlan(query, choice.candidate, choice.direction);
}

function limitedPlan(query: QueryToPlan, hint: Hint): Plan {
  if (hint.kind !== 'index') {
    throw new MongoError('Location51173', 'When using min()/max() a hint of which index to use must be provided');
  }
  const candidate = candidateFor(hint.index, [], query.filter.collation);
  if (candidate === undefined || hint.index.kind !== 'ordered') {
    throw new MongoError('Location51174', 'The index chosen is not compatible with min/max');
  }
  const direction = query.sort === undefined ? undefined : sortDirection(candidate, query.sort);
  const ranges = keyLimits(hint.index, query.min, query.max);
  return indexPlan(query, { ...candidate, ranges, isTight: false }, direction);
}

function scanPlan(query: QueryToPlan, direction: 1 | -1): Plan {
  const isOrdered = query.sort === undefined || query.sort.fields.length === 0;
  return {
    access: { kind: 'collectionScan', direction },
    isSorted: isOrdered,
    isExact: query.filter.isEmpty,
    isCovered: false,
    explain: () => planTree(collectionScanStage(query.filter.node, direction), query, isOrdered, false),
  };
}

function indexPlan(query: QueryToPlan, candidate: Candidate, sorted: 1 | -1 | undefined): Plan {
  const { index } = candidate;
  const isSorted = query.sort === undefined || sorted !== undefined;
  const isCovered = coversProjection(query, candidate);
  const scan = scanOf(candidate, sorted ?? 1);
  const key = pointOf(candidate);
  return {
    access: key === undefined ? scan : { kind: 'idPoint', index, key },
    isSorted: isSorted || key !== undefined,
    isExact: answersExactly(query.filter.node, candidate),
    isCovered,
    explain: () => planTree(indexStage(query, candidate, scan.direction, isCovered), query, isSorted, isCovered),
  };
}

function scanOf(candidate: Candidate, direction: 1 | -1): IndexScan {
  const { index, ranges } = candidate;
  return {
    kind: 'indexScan',
    index,
    ranges: direction === 1 ? ranges : [...ranges].reverse(),
    direction,
    bounds: boundsDocument(candidate, direction),
    needsDedupe: index.isMultikey || index.kind === 'wildcard',
  };
}

/** The one key of a unique index that is read, where it is one: each field bound to one value. */
function pointOf({ index, bounds, ranges }: Candidate): string | undefined {
  const [range] = ranges;
  const isPoint = bounds.every(
    ({ intervals: [interval, ...more] }) =>
      more.length === 0 &&
      interval !== undefined &&
      !isEverything(interval) &&
      interval.lower.prefix === interval.upper.prefix &&
      !interval.lower.isAfter &&
      interval.upper.isAfter,
  );
  return index.isUnique && isPoint && ranges.length === 1 ? range?.lower : undefined;
}

function indexStage(query: QueryToPlan, candidate: Candidate, direction: 1 | -1, isCovered: boolean): StageForm {
  const { index } = candidate;
  if (isIdLookup(query, index)) return expressStage(index);
  const rest = restOf(query.filter.node, candidate);
  const scan = indexScanStage(candidate, direction, isCovered ? rest : undefined);
  return isCovered ? scan : fetchStage(scan, rest);
}

/** Whether the query asks for one `_id` and nothing else. */
function isIdLookup({ filter: { node }, sort, skip = 0, hint }: QueryToPlan, index: IndexDescriptor): boolean {
  if (index.name !== '_id_' || sort !== undefined || skip > 0 || hint !== undefined) return false;
  return node.kind === 'field' && node.path === '_id' && node.test instanceof EqualityTest;
}

/** What of the filter the keys do not answer; undefined for nothing. */
function restOf(node: FilterNode, candidate: Candidate): FilterNode | undefined {
  const parts = node.kind === 'and' ? node.children : [node];
  const rest = parts.filter((part) => !isAnswered(part, candidate));
  return rest.length === 0 ? undefined : conjunction(rest);
}

/** Whether the bounds say exactly what this part of the filter says. */
function isAnswered(part: FilterNode, { bounds, isTight }: Candidate): boolean {
  if (!isTight) return false;
  const predicates = collectPredicates(part);
  if (predicates.length === 0 || (part.kind !== 'field' && part.kind !== 'not')) return false;
  return predicates.every(
    (predicate) =>
      predicate.within === undefined &&
      bounds.some((field) => field.isExact && field.predicates.some(({ node }) => node === predicate.node)),
  );
}

function answersExactly(node: FilterNode, candidate: Candidate): boolean {
  const { index } = candidate;
  if (index.isMultikey || index.kind !== 'ordered') return false;
  return restOf(node, candidate) === undefined && hasAllMatches(index, collectPredicates(node));
}

/** Whether all that the projection shows, and the filter asks, is in the keys of the index. */
function coversProjection(query: QueryToPlan, candidate: Candidate): boolean {
  const { index } = candidate;
  const needed = query.projection?.dependencies;
  if (needed === undefined || needed.length === 0 || index.isMultikey || index.kind !== 'ordered') return false;
  if (collationOf(index) !== undefined) return false;
  const inKeys = new Set(index.fields.map(({ path }) => path));
  const predicates = collectPredicates(query.filter.node);
  const parts = query.filter.node.kind === 'and' ? query.filter.node.children : [query.filter.node];
  const isReadable = parts.every((part) => predicates.some(({ node, path }) => node === part && inKeys.has(path)));
  return needed.every((path) => inKeys.has(path)) && isReadable;
}

/** An $or of which each branch has an index: the union of what these bring. */
function unionPlan(query: QueryToPlan, indexes: readonly IndexDescriptor[]): Plan | undefined {
  const { node } = query.filter;
  const parts = node.kind === 'and' ? node.children : [node];
  const disjunction = parts.find((part) => part.kind === 'or');
  if (disjunction?.kind !== 'or') return undefined;
  const branches: Candidate[] = [];
  for (const child of disjunction.children) {
    const choice = bestBranch(query, child, indexes);
    if (choice === undefined) return undefined;
    branches.push(choice);
  }
  const others = parts.filter((part) => part !== disjunction);
  return {
    access: { kind: 'union', branches: branches.map((branch) => scanOf(branch, 1)), mergeSort: false },
    isSorted: query.sort === undefined,
    isExact: false,
    isCovered: false,
    explain: () => planTree(unionStage(branches, disjunction.children, others), query, query.sort === undefined, false),
  };
}

function bestBranch(
  query: QueryToPlan,
  branch: FilterNode,
  indexes: readonly IndexDescriptor[],
): Candidate | undefined {
  const predicates = collectPredicates(branch);
  const choice = bestCandidate({ filter: query.filter }, indexes, predicates);
  return choice?.isBounded === true ? choice.candidate : undefined;
}

function unionStage(
  branches: readonly Candidate[],
  nodes: readonly FilterNode[],
  others: readonly FilterNode[],
): StageForm {
  const inputStages = branches.map((branch, at) => {
    const rest = restOf(nodes[at] as FilterNode, branch);
    const scan = indexScanStage(branch, 1, undefined);
    return rest === undefined ? scan : fetchStage(scan, rest);
  });
  const union = fetchStage({ stage: 'OR', inputStages }, new AndNode(others));
  return others.length === 0 ? { stage: 'SUBPLAN', inputStage: union } : union;
}
