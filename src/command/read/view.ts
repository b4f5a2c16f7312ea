/** Reads of a view as aggregations over what it stands on. */
import { document } from '../../bson/literal.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import type { View } from '../../catalog/collection.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { FindArguments } from './find-arguments.ts';
import type { Aggregation } from './run-aggregation.ts';

/** What a find on a view asks of the view's pipeline. Throws OptionNotSupportedOnView for what only collections do. */
export function findAsAggregation(view: View, find: FindArguments): Aggregation {
  const refused = [
    ['tailable', find.tailable],
    ['awaitData', find.awaitData],
    ['returnKey', find.returnKey],
    ['showRecordId', find.showRecordId],
    ['min', find.min],
    ['max', find.max],
  ] as const;
  if (find.tailable === true) {
    throw new MongoError('InvalidPipelineOperator', `cannot use a tailable cursor on the view ${view.namespace.full}`);
  }
  for (const [option, value] of refused) {
    if (value !== undefined && value !== false) {
      throw new MongoError('OptionNotSupportedOnView', `Option ${option} not supported on view ${view.namespace.full}`);
    }
  }
  const stages: Value[] = [];
  const add = (name: string, argument: Value | undefined): void => {
    if (argument !== undefined) stages.push(document({ [name]: argument }));
  };
  add('$match', present(find.filter));
  add('$sort', present(find.sort));
  if (find.skip !== undefined && find.skip > 0) add('$skip', find.skip);
  if (find.limit !== undefined && find.limit > 0) add('$limit', find.limit);
  add('$project', present(find.projection));
  return {
    collection: view.namespace.collection,
    pipeline: stages,
    collation: find.collation,
    hint: find.hint,
    let: find.let,
    bypassDocumentValidation: false,
    isExplain: false,
  };
}

function present(value: BsonDocument | undefined): BsonDocument | undefined {
  return value === undefined || value.isEmpty() ? undefined : value;
}
