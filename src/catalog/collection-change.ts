/** What collMod does to collections. */

import { integer } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { Collection, Index } from './collection.ts';
import { checkValidator } from './collection-options.ts';
import { findDuplicates } from './duplicate-search.ts';
import { type BuildHooks, rebuildIndex, withIndexSpecification } from './index-build.ts';
import { changeIndex, type IndexChange } from './index-change.ts';
import { roundedCappedSize } from './option/capped.ts';
import { checkCollectionExpiry } from './option/expiry.ts';
import { changedTimeseriesOption, type TimeseriesChange } from './option/timeseries.ts';
import { withOptions } from './record.ts';

/** What collMod asks of a collection; undefined: stays as it is. */
export interface CollectionChange {
  readonly index?: IndexChange | undefined;
  readonly validator?: BsonDocument | undefined;
  readonly validationLevel?: string | undefined;
  readonly validationAction?: string | undefined;
  readonly viewOn?: string | undefined;
  readonly pipeline?: readonly Value[] | undefined;
  readonly cappedSize?: number | undefined;
  readonly cappedMax?: number | undefined;
  readonly changeStreamPreAndPostImages?: { readonly enabled: boolean } | undefined;
  readonly timeseries?: TimeseriesChange | undefined;
  readonly expireAfterSeconds?: bigint | 'off' | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Fields of the reply. */
type ChangeReply = Readonly<Record<string, boolean | bigint | undefined>>;

/**
 * Changes a collection in this transaction and answers what the reply tells of it. Throws InvalidOptions for what this
 * kind of collection does not have, and as `changeIndex` and `buildIndexes`.
 */
export async function changeCollection(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  change: CollectionChange,
  nowMs: number,
): Promise<ChangeReply> {
  checkKind(collection, change);
  const options = collection.options.toFields();
  changeValidation(collection, change, options);
  changeCapped(change, options);
  changeOthers(change, options, nowMs);
  let changed = withOptions(collection, BsonDocument.fromFields(options));
  if (change.index === undefined) {
    if (change.dryRun === true) throw refuse('dry run mode requires an index with unique: true');
    await catalog.put(transaction, hooks, changed);
    return {};
  }
  const { index, specification, becomesUnique, reply } = changeIndex(collection, change.index);
  if (becomesUnique) {
    await refuseDuplicates(transaction, changed, index);
    if (change.dryRun === true) return {};
    await rebuildIndex(catalog, hooks, transaction, changed, index, specification);
    return reply;
  }
  if (change.dryRun === true) throw refuse('dry run mode is only for converting an index to unique');
  changed = withIndexSpecification(changed, index, specification);
  await catalog.put(transaction, hooks, changed);
  if ('hidden_new' in reply) hooks.afterCommit(() => collection.state.indexUses.delete(index.descriptor.name));
  return reply;
}

function refuse(message: string): MongoError {
  return new MongoError('InvalidOptions', message);
}

/** Throws CannotConvertIndexToUnique with the documents that an index could not hold if it were unique. */
async function refuseDuplicates(transaction: StorageTransaction, collection: Collection, index: Index): Promise<void> {
  const violations = await findDuplicates(transaction, collection, index);
  if (violations.length === 0) return;
  throw new MongoError(
    'CannotConvertIndexToUnique',
    'Cannot convert the index to unique. Please resolve conflicting documents before running collMod again.',
    { reply: { violations: violations.map((ids) => BsonDocument.fromFields(new Map([['ids', ids]]))) } },
  );
}

/** Throws for what this kind of collection does not have. */
function checkKind(collection: Collection, change: CollectionChange): void {
  const refused: [unknown, boolean, string][] = [
    [change.viewOn, true, "'viewOn' option not supported on a collection"],
    [change.pipeline, true, "'pipeline' option not supported on a collection"],
    [change.cappedSize, collection.capped === undefined, 'Collection must be capped to change its cappedSize'],
    [change.cappedMax, collection.capped === undefined, 'Collection must be capped to change its cappedMax'],
    [change.timeseries, !collection.isTimeseries, "option only supported on a time-series collection: 'timeseries'"],
    [change.validator, collection.isTimeseries, "option not supported on a time-series collection: 'validator'"],
    [
      change.validationLevel,
      collection.isTimeseries,
      "option not supported on a time-series collection: 'validationLevel'",
    ],
    [
      change.validationAction,
      collection.isTimeseries,
      "option not supported on a time-series collection: 'validationAction'",
    ],
    [
      change.changeStreamPreAndPostImages,
      collection.isTimeseries,
      "option not supported on a time-series collection: 'changeStreamPreAndPostImages'",
    ],
    [
      change.expireAfterSeconds,
      !collection.isTimeseries && !collection.options.has('clusteredIndex'),
      "'expireAfterSeconds' option is only supported on collections clustered by _id",
    ],
  ];
  for (const [value, isRefused, message] of refused) if (value !== undefined && isRefused) throw refuse(message);
}

function changeValidation(collection: Collection, change: CollectionChange, options: Map<string, Value>): void {
  const { validator } = change;
  if (validator !== undefined) {
    checkValidator(validator, collection.namespace);
    if (validator.isEmpty()) options.delete('validator');
    else options.set('validator', validator);
  }
  if (change.validationLevel !== undefined) options.set('validationLevel', change.validationLevel);
  if (change.validationAction !== undefined) options.set('validationAction', change.validationAction);
}

/** A smaller collection gives up its oldest documents at the next insert. */
function changeCapped({ cappedSize, cappedMax }: CollectionChange, options: Map<string, Value>): void {
  if (cappedSize !== undefined) options.set('size', integer(roundedCappedSize(cappedSize)));
  if (cappedMax === undefined) return;
  if (cappedMax > 0) options.set('max', cappedMax);
  else options.delete('max');
}

function changeOthers(change: CollectionChange, options: Map<string, Value>, nowMs: number): void {
  const { timeseries, expireAfterSeconds, changeStreamPreAndPostImages } = change;
  if (timeseries !== undefined) {
    const current = options.get('timeseries');
    invariant(current instanceof BsonDocument, 'a time-series collection has its option');
    options.set('timeseries', changedTimeseriesOption(current, timeseries));
  }
  if (expireAfterSeconds === 'off') options.delete('expireAfterSeconds');
  else if (expireAfterSeconds !== undefined) {
    checkCollectionExpiry(expireAfterSeconds, nowMs);
    options.set('expireAfterSeconds', expireAfterSeconds);
  }
  if (changeStreamPreAndPostImages?.enabled === true) {
    options.set('changeStreamPreAndPostImages', BsonDocument.fromFields(new Map([['enabled', true]])));
  } else if (changeStreamPreAndPostImages !== undefined) options.delete('changeStreamPreAndPostImages');
}
