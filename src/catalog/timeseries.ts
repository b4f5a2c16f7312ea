/**
 * Time-series collections are ordinary collections here: one document per measurement, in the order of time. What
 * MongoDB's users rely on holds (the option, the rule for the time field, the order, expiry, the default index, what may
 * be updated); buckets exist only as a name.
 */
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collection } from './collection.ts';
import { type Namespace, namespace } from './namespace.ts';

const bucketsPrefix = 'system.buckets.';

/** The time-series collection that a name of buckets belongs to; undefined where the name is not such a name. */
export function findBucketsOwner({ database, collection }: Namespace): Namespace | undefined {
  if (!collection.startsWith(bucketsPrefix) || collection === bucketsPrefix) return undefined;
  return namespace(database, collection.slice(bucketsPrefix.length));
}

/** Under which name MongoDB would keep the buckets of a time-series collection. */
export function bucketsOf({ database, collection }: Namespace): Namespace {
  return namespace(database, bucketsPrefix + collection);
}

/** Throws BadValue for a document that has no date in its time field. */
export function checkMeasurement(collection: Collection, document: BsonDocument): void {
  const { timeseries } = collection;
  if (timeseries === undefined || document.get(timeseries.timeField) instanceof Date) return;
  throw new MongoError(
    'BadValue',
    `'${timeseries.timeField}' must be present and contain a valid BSON UTC datetime value`,
  );
}

/** What an update asks of a time-series collection. */
export interface MeasurementUpdate {
  readonly update: BsonDocument | readonly Value[];
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
  readonly filter: BsonDocument;
}

/**
 * Throws InvalidOptions for an update that measurements do not take: they change many at a time, by operators, in their
 * meta field (manual, "Time Series Collection Limitations").
 */
export function checkMeasurementUpdate(collection: Collection, { update, ...statement }: MeasurementUpdate): void {
  const { timeseries } = collection;
  if (timeseries === undefined) return;
  if (!statement.isMulti) throw refuse('Cannot perform a non-multi update on a time-series collection');
  if (statement.isUpsert) throw refuse('Cannot perform an upsert on a time-series collection');
  if (!(update instanceof BsonDocument) || update.firstKey()?.startsWith('$') !== true) {
    throw refuse('Cannot perform an update on a time-series collection by a pipeline or a replacement');
  }
  const { metaField } = timeseries;
  if (metaField === undefined) {
    throw refuse('Cannot perform an update on a time-series collection that does not have a metaField');
  }
  for (const [operator, fields] of update.entries()) {
    if (!(fields instanceof BsonDocument)) continue;
    for (const [path, operand] of fields.entries()) {
      const isRenameAway = operator === '$rename' && (path === metaField || !isWithin(operand, metaField));
      if (!isWithin(path, metaField) || isRenameAway) {
        throw refuse('Cannot perform an update on a time-series collection on any field other than the metaField');
      }
    }
  }
  for (const path of statement.filter.keys()) {
    if (!path.startsWith('$') && !isWithin(path, metaField)) {
      throw refuse(
        'Cannot perform an update on a time-series collection when querying on a field that is not the metaField',
      );
    }
  }
}

function refuse(message: string): MongoError {
  return new MongoError('InvalidOptions', message);
}

function isWithin(path: Value, field: string): boolean {
  return typeof path === 'string' && (path === field || path.startsWith(`${field}.`));
}
