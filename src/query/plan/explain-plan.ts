/** Plans in the words of explain: a tree of stages, the last one first. */
import { document, type Literal } from '../../bson/literal.ts';
import { printDocument } from '../../bson/print.ts';
import { BsonDocument } from '../../bson/value.ts';
import { explainNode, type FilterNode } from '../filter-node.ts';
import type { IndexDescriptor } from '../index-descriptor.ts';
import type { QueryToPlan } from '../query-to-plan.ts';
import { type Candidate, hasArray } from './candidate.ts';
import { printInterval, printTurned } from './interval.ts';

/** A stage and what stands under it. */
export interface StageForm {
  readonly [name: string]: Literal;
}

const sortMemoryBytes = 104_857_600;

/** `IXSCAN` over these bounds. */
export function indexScanStage(candidate: Candidate, direction: 1 | -1, filter: FilterNode | undefined): StageForm {
  const { index } = candidate;
  return {
    stage: 'IXSCAN',
    filter: filter === undefined ? undefined : explainNode(filter),
    keyPattern: keyPatternOf(candidate),
    indexName: index.name,
    collation: index.collation?.isSimple === false ? index.collation.specification : undefined,
    isMultiKey: index.isMultikey,
    multiKeyPaths: multikeyPaths(index),
    isUnique: index.isUnique,
    isSparse: index.isSparse || index.kind === 'wildcard',
    isPartial: index.partialFilter !== undefined,
    indexVersion: 2,
    direction: direction === 1 ? 'forward' : 'backward',
    indexBounds: boundsDocument(candidate, direction),
  };
}

/** A wildcard index shows the path that it stands for. */
function keyPatternOf({ index, bounds }: Candidate): BsonDocument {
  if (index.kind !== 'wildcard') return index.keyPattern;
  return BsonDocument.fromFields(new Map(bounds.map(({ path, isDescending }) => [path, isDescending ? -1 : 1])));
}

function multikeyPaths(index: IndexDescriptor): BsonDocument {
  const paths = index.fields.map(({ path }): [string, string[]] => [
    path,
    index.multikeyPaths.filter((array) => hasArray(index, path) && (path === array || path.startsWith(`${array}.`))),
  ]);
  return BsonDocument.fromFields(new Map(paths));
}

/** `indexBounds`: each field's intervals, in the direction of the scan. */
export function boundsDocument({ bounds }: Candidate, direction: 1 | -1): BsonDocument {
  const fields = new Map<string, string[]>();
  for (const { path, intervals, isDescending } of bounds) {
    const isBackward = isDescending === (direction === 1);
    const texts = isBackward ? [...intervals].reverse().map(printTurned) : intervals.map(printInterval);
    fields.set(path, texts);
  }
  return BsonDocument.fromFields(fields);
}

export function fetchStage(input: StageForm, filter: FilterNode | undefined): StageForm {
  return {
    stage: 'FETCH',
    filter: filter === undefined || isNothing(filter) ? undefined : explainNode(filter),
    inputStage: input,
  };
}

function isNothing(filter: FilterNode): boolean {
  return filter.kind === 'and' && filter.children.length === 0;
}

export function collectionScanStage(filter: FilterNode, direction: 1 | -1): StageForm {
  return {
    stage: 'COLLSCAN',
    filter: isNothing(filter) ? undefined : explainNode(filter),
    direction: direction === 1 ? 'forward' : 'backward',
  };
}

export function expressStage(index: IndexDescriptor): StageForm {
  return { stage: 'EXPRESS_IXSCAN', keyPattern: printDocument(index.keyPattern), indexName: index.name };
}

/** The whole tree: what the query still does with what the access brings. */
export function planTree(access: StageForm, query: QueryToPlan, isSorted: boolean, isCovered: boolean): BsonDocument {
  const { sort, skip = 0, limit = 0, projection } = query;
  let tree = access;
  const isBlocking = sort !== undefined && sort.fields.length > 0 && !isSorted;
  if (isBlocking) {
    tree = {
      stage: 'SORT',
      sortPattern: sort.specification,
      memLimit: sortMemoryBytes,
      limitAmount: limit > 0 ? skip + limit : undefined,
      type: 'simple',
      inputStage: tree,
    };
  }
  if (skip > 0) tree = { stage: 'SKIP', skipAmount: skip, inputStage: tree };
  if (projection !== undefined) {
    const stage = isCovered ? 'PROJECTION_COVERED' : projection.isSimple ? 'PROJECTION_SIMPLE' : 'PROJECTION_DEFAULT';
    tree = { stage, transformBy: projection.specification, inputStage: tree };
  }
  if (limit > 0 && !isBlocking) tree = { stage: 'LIMIT', limitAmount: limit, inputStage: tree };
  return document({ isCached: false, ...tree });
}
