/**
 * Catalog entries as stored documents and back.
 *
 *   { ns, kind: 'collection', uuid, options, table, indexes: [ { spec, table, multikey, multikeyPaths } ] }
 *   { ns, kind: 'view', options }
 *
 * Everything else of an entry follows from its options and is parsed again when the record is read.
 */
import { document } from '../bson/literal.ts';
import { toDouble } from '../bson/number.ts';
import { Binary } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { encodeDocument } from '../bson/write.ts';
import { isWatchable } from '../change/change.ts';
import { invariant } from '../error/invariant.ts';
import { type Collation, parseCollation } from '../query/collation.ts';
import { parseFilter } from '../query/filter.ts';
import type { TableId } from '../storage/engine.ts';
import type { CappedLimits, CatalogEntry, Collection, Validator, View } from './collection.ts';
import { makeIndex } from './index-specification.ts';
import type { CollectionLocks } from './lock.ts';
import { type Namespace, namespace } from './namespace.ts';
import { clusteredIndexSpecification } from './option/clustered-index.ts';
import { timeseriesOf } from './option/timeseries.ts';

export interface IndexRecord {
  readonly specification: BsonDocument;
  readonly table: TableId;
  readonly isMultikey: boolean;
  /** Paths that hold arrays somewhere. */
  readonly multikeyPaths: readonly string[];
}

export interface CollectionRecord {
  readonly namespace: Namespace;
  readonly uuid: Buffer;
  readonly options: BsonDocument;
  readonly recordTable: TableId;
  readonly indexes: readonly IndexRecord[];
}

export function encodeEntry(entry: CatalogEntry): Buffer {
  const { namespace: name, options, kind } = entry;
  if (entry.kind === 'view') return encodeDocument(document({ ns: name.full, kind, options }));
  return encodeDocument(
    document({
      ns: name.full,
      kind,
      uuid: new Binary(entry.uuid, Binary.SUBTYPE_UUID),
      options,
      table: entry.recordTable,
      indexes: entry.indexes.map(({ specification, table, descriptor }) => ({
        spec: specification,
        table,
        multikey: descriptor.isMultikey,
        multikeyPaths: [...descriptor.multikeyPaths],
      })),
    }),
  );
}

/** The entry of a stored record. */
export function decodeEntry(bytes: Buffer, locks: CollectionLocks, changedAt: number): CatalogEntry {
  const record = BsonDocument.fromBytes(bytes);
  const full = text(record.get('ns'));
  const dot = full.indexOf('.');
  const name = namespace(full.slice(0, dot), full.slice(dot + 1));
  const options = documentOf(record.get('options'));
  if (record.get('kind') === 'view') return viewFrom(name, options);
  const uuid = record.get('uuid');
  invariant(uuid instanceof Binary, `catalog record of ${full} has a uuid`);
  const indexes = record.get('indexes');
  invariant(Array.isArray(indexes), `catalog record of ${full} has indexes`);
  return collectionFrom(
    {
      namespace: name,
      uuid: Buffer.from(uuid.value()),
      options,
      recordTable: count(record.get('table')),
      indexes: indexes.map((value: Value) => {
        const index = documentOf(value);
        const paths = index.get('multikeyPaths');
        return {
          specification: documentOf(index.get('spec')),
          table: count(index.get('table')),
          isMultikey: index.get('multikey') === true,
          multikeyPaths: Array.isArray(paths) ? paths.map(text) : [],
        };
      }),
    },
    locks,
    changedAt,
  );
}

function text(value: Value | undefined): string {
  invariant(typeof value === 'string', 'catalog record has a string here');
  return value;
}

function count(value: Value | undefined): number {
  invariant(isNumeric(value), 'catalog record has a number here');
  return toDouble(value);
}

function documentOf(value: Value | undefined): BsonDocument {
  invariant(value instanceof BsonDocument, 'catalog record has a document here');
  return value;
}

/** A collection with everything that follows from its options. */
export function collectionFrom(record: CollectionRecord, locks: CollectionLocks, changedAt: number): Collection {
  const { namespace: name, options } = record;
  const indexes = record.indexes.map(({ specification, table, isMultikey, multikeyPaths }) =>
    makeIndex(specification, table, isMultikey, multikeyPaths),
  );
  return {
    kind: 'collection',
    namespace: name,
    uuid: record.uuid,
    recordTable: record.recordTable,
    indexes,
    naturalIndex: indexes.find(({ specification }) => specification.has('clustered') || specification.has('internal')),
    changedAt,
    state: { lock: locks.of(name.full), nextRecordId: undefined, insertListeners: new Set(), indexUses: new Map() },
    isWatchable: isWatchable(name) && !options.has('timeseries'),
    ...fromOptions(options),
  };
}

/** The collection with other options. */
export function withOptions(collection: Collection, options: BsonDocument): Collection {
  return { ...collection, ...fromOptions(options) };
}

function fromOptions(options: BsonDocument) {
  const collation = collationOf(options);
  const timeseries = options.get('timeseries');
  return {
    options,
    capped: cappedOf(options),
    validator: validatorOf(options, collation),
    collation,
    keepsImages: imagesOf(options),
    isTimeseries: timeseries !== undefined,
    timeseries: timeseries instanceof BsonDocument ? timeseriesOf(timeseries) : undefined,
  };
}

function imagesOf(options: BsonDocument): boolean {
  const images = options.get('changeStreamPreAndPostImages');
  return images instanceof BsonDocument && images.get('enabled') === true;
}

export function viewFrom(name: Namespace, options: BsonDocument): View {
  const pipeline = options.get('pipeline');
  return {
    kind: 'view',
    namespace: name,
    options,
    viewOn: text(options.get('viewOn')),
    pipeline: Array.isArray(pipeline) ? pipeline : [],
    collation: collationOf(options),
  };
}

function collationOf(options: BsonDocument): Collation | undefined {
  const specification = options.get('collation');
  return specification instanceof BsonDocument ? parseCollation(specification) : undefined;
}

function cappedOf(options: BsonDocument): CappedLimits | undefined {
  if (options.get('capped') !== true) return undefined;
  const max = options.get('max');
  return { sizeBytes: count(options.get('size')), documents: max === undefined ? 0 : count(max) };
}

function validatorOf(options: BsonDocument, collation: Collation | undefined): Validator | undefined {
  const specification = options.get('validator');
  if (!(specification instanceof BsonDocument) || specification.isEmpty()) return undefined;
  const level = options.get('validationLevel');
  const action = options.get('validationAction');
  return {
    specification,
    filter: parseFilter(specification, { place: 'validator', collation }),
    level: level === 'off' || level === 'moderate' ? level : 'strict',
    action: action === 'warn' || action === 'errorAndLog' ? action : 'error',
  };
}

/** The specification of the `_id` index, with the collection's collation where it has one. */
export function idIndexSpecification(options: BsonDocument): BsonDocument {
  return document({ v: 2, key: { _id: 1 }, name: '_id_', collation: options.get('collation') });
}

/**
 * The specifications of the indexes that a collection with these options begins with. A time-series collection has one
 * by its time field, which is the order of its documents and the way to those that expire, and, where it has a meta
 * field, the one that MongoDB makes too.
 */
export function initialIndexes(options: BsonDocument, idIndex: BsonDocument | undefined): BsonDocument[] {
  const clustered = options.get('clusteredIndex');
  if (clustered instanceof BsonDocument) {
    const collation = options.get('collation');
    const specification = clusteredIndexSpecification(clustered);
    if (collation === undefined) return [specification];
    return [BsonDocument.fromFields(specification.toFields().set('collation', collation))];
  }
  const timeseries = options.get('timeseries');
  if (!(timeseries instanceof BsonDocument)) return [idIndex ?? idIndexSpecification(options)];
  const { timeField, metaField } = timeseriesOf(timeseries);
  const byTime = document({ v: 2, key: { [timeField]: 1 }, name: '$time', internal: true });
  if (metaField === undefined) return [byTime];
  const name = `${metaField}_1_${timeField}_1`;
  return [byTime, document({ v: 2, key: { [metaField]: 1, [timeField]: 1 }, name })];
}
