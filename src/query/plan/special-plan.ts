/** Plans of filters that one kind of index alone can serve: $text, $near. */
import { keyAfterPrefix } from '../../bson/ordered-key.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Filter } from '../filter.ts';
import type { DistanceUnit } from '../geo/near.ts';
import type { NearField } from '../geo/near-field.ts';
import type { IndexDescriptor } from '../index-descriptor.ts';
import { encodeTuple } from '../index-key.ts';
import type { QueryToPlan } from '../query-to-plan.ts';
import type { TextNode } from '../text/text-search.ts';
import type { IndexScan, Plan } from './access.ts';
import type { IndexRange } from './candidate.ts';
import { fetchStage, planTree } from './explain-plan.ts';
import type { Hint } from './hint.ts';
import { implies } from './implication.ts';

/** Indexes that have a key for every document that the filter lets through, sparse ones aside. */
export function usableIndexes(filter: Filter, indexes: readonly IndexDescriptor[]): IndexDescriptor[] {
  return indexes.filter(
    ({ isHidden, partialFilter }) => !isHidden && (partialFilter === undefined || implies(filter, partialFilter)),
  );
}

/** The documents under the terms of a search; all of them where $text is one branch among others. */
export function textPlan(query: QueryToPlan, text: TextNode, hint: Hint, indexes: readonly IndexDescriptor[]): Plan {
  if (hint.kind !== 'none') throw new MongoError('BadValue', 'text and hint not allowed in same query');
  const all = indexes.filter((index) => index.text !== undefined);
  const index = usableIndexes(query.filter, all)[0];
  if (index?.text === undefined) {
    const code = all.length === 0 ? 'IndexNotFound' : 'NoQueryExecutionPlans';
    throw new MongoError(code, 'text index required for $text query');
  }
  text.useIndex(index.text);
  const { node } = query.filter;
  const isTop = node === text || (node.kind === 'and' && node.children.includes(text));
  const isSorted = query.sort === undefined;
  const tree = { stage: 'TEXT_MATCH', indexName: index.name, parsedTextQuery: { terms: [...text.terms] } };
  return {
    access:
      isTop && index.fields[0]?.kind === 'text' ? termScan(index, text) : { kind: 'collectionScan', direction: 1 },
    isSorted,
    isExact: false,
    isCovered: false,
    explain: () => planTree(tree, query, isSorted, false),
  };
}

function termScan(index: IndexDescriptor, text: TextNode): IndexScan {
  const ranges = [...text.terms]
    .map((term) => encodeTuple(index, [term]))
    .sort((left, right) => (left < right ? -1 : 1))
    .map((lower): IndexRange => ({ lower, upper: keyAfterPrefix(lower) }));
  return { kind: 'indexScan', index, ranges, direction: 1, bounds: BsonDocument.empty, needsDedupe: true };
}

/** Every document is measured; the index only says that its field holds places. */
export function nearPlan(query: QueryToPlan, near: NearField, hint: Hint, indexes: readonly IndexDescriptor[]): Plan {
  const kinds = nearIndexKinds[near.test.unit];
  const allowed = hint.kind === 'index' ? [hint.index] : usableIndexes(query.filter, indexes);
  const index = allowed.find(({ fields }) =>
    fields.some(({ path, kind }) => path === near.path && kinds.includes(kind)),
  );
  if (index === undefined) {
    throw new MongoError(
      'NoQueryExecutionPlans',
      'error processing query: planner returned error :: caused by :: unable to find index for $geoNear query',
    );
  }
  const stage = index.kind === '2d' ? 'GEO_NEAR_2D' : 'GEO_NEAR_2DSPHERE';
  const tree = { stage, keyPattern: index.keyPattern, indexName: index.name };
  return {
    access: { kind: 'collectionScan', direction: 1 },
    isSorted: query.sort === undefined,
    isExact: false,
    isCovered: false,
    explain: () => planTree(fetchStage(tree, query.filter.node), query, query.sort === undefined, false),
  };
}

/** Kinds of index that know how to measure in a unit. */
const nearIndexKinds: Readonly<Record<DistanceUnit, readonly string[]>> = {
  flat: ['2d'],
  radians: ['2d', '2dsphere'],
  meters: ['2dsphere'],
};
