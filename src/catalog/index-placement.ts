/** What a collection must be for an index to be made on it. */
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collection } from './collection.ts';
import { isWildcard } from './key-pattern.ts';
import { isIdKey } from './option/id-key.ts';
import type { Timeseries } from './option/timeseries.ts';
import { isTextKey } from './text-index.ts';

/** The specification as it will stand on this collection, with its collation. Throws CannotCreateIndex, InvalidOptions and others. */
export function placeIndex(specification: BsonDocument, collection: Collection): BsonDocument {
  if (collection.timeseries !== undefined) checkTimeseriesIndex(specification, collection.timeseries);
  return withCollation(specification, collection);
}

/** An index without a collation of its own has its collection's. */
function withCollation(specification: BsonDocument, collection: Collection): BsonDocument {
  const own = specification.get('collation');
  const fields = specification.toFields();
  const isSimple = own instanceof BsonDocument && own.get('locale') === 'simple';
  if (isSimple) fields.delete('collation');
  const inherited = collection.collation?.specification;
  if (own === undefined && inherited !== undefined) fields.set('collation', inherited);
  const key = specification.get('key');
  if (fields.has('collation') && key instanceof BsonDocument && comparesBytesOnly(key)) {
    throw new MongoError(
      'CannotCreateIndex',
      'Index type does not support collations other than { locale: "simple" }; name it in the specification where the collection has another',
    );
  }
  return BsonDocument.fromFields(fields);
}

/** Kinds of index that know strings by their bytes alone. */
function comparesBytesOnly(key: BsonDocument): boolean {
  return isTextKey(key) || [...key.entries()].some(([, value]) => value === '2d');
}

/** What indexes on measurements cannot be; on the meta field alone more is possible (manual, "Time Series Secondary Indexes"). */
function checkTimeseriesIndex(specification: BsonDocument, { timeField, metaField }: Timeseries): void {
  const key = specification.get('key');
  if (!(key instanceof BsonDocument)) return;
  const isOnMeta = [...key.keys()].every((field) => isMeta(field, metaField));
  for (const [field, value] of key.entries()) checkTimeseriesField(field, value, isMeta(field, metaField));
  if (specification.has('unique') || specification.has('prepareUnique')) {
    throw refuse('Unique indexes are not supported on time-series collections');
  }
  if (specification.has('sparse') && !isOnMeta) {
    throw refuse('Sparse indexes on time-series collections must be on the meta field');
  }
  if (!specification.has('expireAfterSeconds')) return;
  if (!specification.has('partialFilterExpression') || key.firstKey() !== timeField) {
    throw refuse(
      'TTL indexes on time-series collections must be on the time field and have a partial filter on the meta field',
    );
  }
}

function isMeta(field: string, metaField: string | undefined): boolean {
  return metaField !== undefined && (field === metaField || field.startsWith(`${metaField}.`));
}

function checkTimeseriesField(field: string, value: Value, isOnMeta: boolean): void {
  if (isWildcard(field) && typeof value !== 'string') {
    throw new MongoError('Location7246201', 'Wildcard indexes are not supported on time-series collections');
  }
  if (value === 'text') throw refuse('Text indexes are not supported on time-series collections');
  if (!isOnMeta && (value === 'hashed' || value === '2d')) {
    throw new MongoError(
      'CannotCreateIndex',
      `Invalid index spec for time-series collection: an index of the type '${value}'`,
    );
  }
}

function refuse(message: string): MongoError {
  return new MongoError('InvalidOptions', message);
}

/** Throws where `clustered` is said of an index that the collection is not. */
export function checkClustered(given: BsonDocument, collection: Collection | undefined): void {
  if (given.get('clustered') !== true) return;
  const isClustered = collection?.options.has('clusteredIndex') === true;
  if (!isClustered) {
    throw new MongoError(
      'Location6243700',
      "Cannot create index with option 'clustered' on a collection that isn't clustered",
    );
  }
  if (!isIdKey(given.get('key'))) {
    throw new MongoError('CannotCreateIndex', 'Cannot create a new clustered index on an existing collection');
  }
}
