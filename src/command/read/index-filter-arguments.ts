/** What the commands of index filters and of the plan cache have in common: their collection and their query. */
import { BsonDocument, type Value } from '../../bson/value.ts';
import { findCollection } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { CommandRequest } from '../command.ts';
import type { Services } from '../services.ts';
import { targetNamespace } from '../target.ts';
import { type PreparedQuery, prepareQuery } from './query.ts';

/** The collection that the command names. Throws CommandNotSupportedOnView for views and time-series collections. */
export function plainTarget(
  services: Services,
  request: CommandRequest,
): { readonly name: Namespace; readonly collection: Collection | undefined } {
  const name = targetNamespace(request);
  const collection = findCollection(services.catalog, undefined, name);
  if (collection?.isTimeseries === true) {
    throw new MongoError('CommandNotSupportedOnView', `Namespace ${name.full} is a timeseries collection`);
  }
  return { name, collection };
}

/** Queries of one shape, by an example. */
export interface FilterSubject {
  readonly query: BsonDocument;
  readonly sort: BsonDocument;
  readonly projection: BsonDocument;
  readonly collation: BsonDocument | undefined;
  readonly prepared: PreparedQuery;
}

/** The query that the command gives as an example; undefined where it gives none. Throws BadValue. */
export function filterSubject(
  services: Services,
  operation: Operation,
  collection: Collection,
  body: BsonDocument,
): FilterSubject | undefined {
  const query = documentIn(body, 'query');
  const sort = documentIn(body, 'sort') ?? BsonDocument.empty;
  const projection = documentIn(body, 'projection') ?? BsonDocument.empty;
  const collation = documentIn(body, 'collation');
  if (query === undefined) {
    if (!sort.isEmpty() || !projection.isEmpty() || collation !== undefined) {
      throw new MongoError('BadValue', 'sort, projection, or collation provided without query');
    }
    return undefined;
  }
  const prepared = prepareQuery(services, operation, collection.collation, {
    filter: query,
    sort,
    projection,
    collation,
  });
  return { query, sort, projection, collation, prepared };
}

/** An array counts as the document of its positions. */
function documentIn(body: BsonDocument, name: string): BsonDocument | undefined {
  const value: Value | undefined = body.get(name);
  if (value === undefined) return undefined;
  if (value instanceof BsonDocument) return value;
  if (!Array.isArray(value)) throw new MongoError('BadValue', `optional field ${name} must be an object`);
  return BsonDocument.fromFields(new Map(value.map((element, at) => [String(at), element])));
}
