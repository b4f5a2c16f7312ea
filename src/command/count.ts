import { document } from '../bson/literal.ts';
import { toDouble } from '../bson/number.ts';
import { integer } from '../bson/scalar.ts';
import { any, integral, object, optional, optionalNotNull, required } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { findCollection, whileShared } from '../catalog/access.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { read } from './policy.ts';
import { hint } from './read/hint.ts';
import { openQuery, planOf, prepareQuery, queryRun } from './read/query.ts';
import { runAggregation } from './read/run-aggregation.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('count', {
  count: required(any),
  query: optional(object),
  limit: optional(integral),
  skip: optional(integral),
  hint: optionalNotNull(hint),
  collation: optional(object),
  fields: optional(any),
  rawData: optional(any),
});

const recordBatch = 1000;

/** count: how many documents match (manual, "count"). */
export const count: Command = {
  ...read,
  name: 'count',
  help: 'count documents',
  transaction: 'never',
  run(operation, request, services) {
    const name = targetNamespace(request);
    const parsed = parse(request.body);
    if (parsed.skip !== undefined && parsed.skip < 0) {
      throw new MongoError('BadValue', `BSON field 'skip' value must be >= 0, actual value '${parsed.skip}'`);
    }
    const limit = Math.abs(parsed.limit ?? 0);
    const entry = services.catalog.find(undefined, name.database, name.collection);
    if (entry?.kind === 'view') return countView(parsed, limit);
    return whileShared(services, operation, name, () =>
      operation.read(async (transaction) => {
        const collection = findCollection(services.catalog, transaction, name);
        const query = prepareQuery(services, operation, collection?.collation, {
          filter: parsed.query,
          hint: parsed.hint,
          collation: parsed.collation,
          skip: parsed.skip,
          limit,
          isCount: true,
        });
        if (collection === undefined) return { n: 0 };
        const records = openQuery(services, query, collection, planOf(query, collection));
        const run = queryRun(services, operation, transaction);
        let n = 0;
        for (let batch = await records.next(run, recordBatch); batch !== undefined; ) {
          n += batch.length;
          batch = await records.next(run, recordBatch);
        }
        return { n: integer(n) };
      }),
    );

    async function countView({ query, skip, collation, hint: index }: typeof parsed, most: number) {
      const stages: Value[] = [document({ $match: query ?? BsonDocument.empty })];
      if (skip !== undefined && skip > 0) stages.push(document({ $skip: skip }));
      if (most > 0) stages.push(document({ $limit: most }));
      stages.push(document({ $count: 'n' }));
      const reply = await runAggregation(
        services,
        operation,
        request.body,
        {
          collection: name.collection,
          pipeline: stages,
          collation,
          hint: index,
          let: undefined,
          bypassDocumentValidation: false,
          isExplain: false,
        },
        undefined,
      );
      const counted = firstDocument(reply.cursor)?.get('n');
      return { n: isNumeric(counted) ? integer(toDouble(counted)) : 0 };
    }
  },
};

function firstDocument(cursor: unknown): BsonDocument | undefined {
  const batch = (cursor as { readonly firstBatch: readonly BsonDocument[] }).firstBatch;
  return batch[0];
}
