/**
 * Options of `create`: what each may be, what they say together, and how listCollections shows them. Reading has two
 * steps, as in MongoDB: first each field for itself (wrong types, unknown fields, values out of range), then all of them.
 */
import { integer } from '../bson/scalar.ts';
import {
  any,
  array,
  lenientBool,
  object,
  oneOf,
  optional,
  optionalNotNull,
  type Parsed,
  string,
} from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseCollation } from '../query/collation.ts';
import { parseFilter } from '../query/filter.ts';
import type { Namespace } from './namespace.ts';
import { cappedMax, cappedSize, roundedCappedSize } from './option/capped.ts';
import { changeStreamImages } from './option/change-stream-images.ts';
import { clusteredIndexOption } from './option/clustered-index.ts';
import { encryptedFieldsOption } from './option/encrypted-fields.ts';
import { indexOptionDefaults, storageEngineOption } from './option/engine-options.ts';
import { checkCollectionExpiry, wholeSeconds } from './option/expiry.ts';
import { idIndexOption } from './option/id-index.ts';
import { timeseriesFields, timeseriesOption } from './option/timeseries.ts';

export const validationLevel = oneOf('off', 'strict', 'moderate');
export const validationAction = oneOf('error', 'warn', 'errorAndLog');

/** The fields of `create` beside its name. */
export const collectionFields = {
  capped: optional(lenientBool),
  autoIndexId: optional(lenientBool),
  idIndex: optional(object),
  size: optional(cappedSize),
  max: optional(cappedMax),
  storageEngine: optional(storageEngineOption),
  validator: optional(object),
  validationLevel: optional(validationLevel),
  validationAction: optional(validationAction),
  indexOptionDefaults: optional(indexOptionDefaults),
  viewOn: optional(string),
  pipeline: optional(array),
  collation: optional((value: Value, path: string) => parseCollation(object(value, path))),
  changeStreamPreAndPostImages: optional(changeStreamImages),
  timeseries: optional((value: Value, path: string) => timeseriesFields(object(value, path), path)),
  clusteredIndex: optionalNotNull((value: Value, path: string) => ({ option: clusteredIndexOption(value, path) })),
  expireAfterSeconds: optional(wholeSeconds),
  encryptedFields: optional(encryptedFieldsOption),
  temp: optional(lenientBool),
  flags: optional(any),
  recordIdsReplicated: optional(lenientBool),
};

export type RequestedOptions = Parsed<typeof collectionFields>;

/** What create is asked to make. */
export interface CollectionOptions {
  /** As listCollections shows them. */
  readonly options: BsonDocument;
  readonly isView: boolean;
  /** The `_id` index as it was asked for; undefined: the usual one. */
  readonly idIndex: BsonDocument | undefined;
}

/** Throws InvalidOptions, BadValue and others for options that do not go together or not with this collection. */
export function collectionOptions(requested: RequestedOptions, name: Namespace, nowMs: number): CollectionOptions {
  checkCapped(requested);
  checkClustered(requested);
  checkEncrypted(requested);
  if (requested.timeseries !== undefined) checkTimeseries(requested);
  if (requested.viewOn !== undefined) {
    return { options: viewOptions(requested, requested.viewOn), isView: true, idIndex: undefined };
  }
  if (requested.pipeline !== undefined) {
    throw new MongoError('InvalidOptions', "'pipeline' requires 'viewOn' to also be specified");
  }
  if (requested.autoIndexId === false && name.database !== 'local') {
    throw new MongoError(
      'InvalidOptions',
      'autoIndexId:false is not allowed for collections in databases other than the local database',
    );
  }
  checkExpiry(requested, nowMs);
  const fields = new Map<string, Value>();
  takeCapped(requested, fields);
  takeValidation(requested, name, fields);
  takeOthers(requested, fields);
  const idIndex = requested.idIndex === undefined ? undefined : idIndexOption(requested.idIndex, requested.collation);
  return { options: BsonDocument.fromFields(fields), isView: false, idIndex };
}

function refuse(message: string): never {
  throw new MongoError('InvalidOptions', message);
}

function checkCapped({ capped, size, max, clusteredIndex }: RequestedOptions): void {
  if (clusteredIndex !== undefined) {
    if (capped === true)
      throw new MongoError('Location6049200', "'clusteredIndex' cannot be set on a capped collection");
    if (max !== undefined) throw new MongoError('Location6049204', "'max' cannot be set on a clustered collection");
  }
  if (capped === true) {
    if (size === undefined) refuse("the 'size' field is required when 'capped' is true");
    return;
  }
  if (size !== undefined) refuse("the 'size' field requires 'capped' to be true");
  if (max !== undefined) refuse("the 'max' field requires 'capped' to be true");
}

function checkClustered({ clusteredIndex, viewOn, idIndex, timeseries }: RequestedOptions): void {
  if (clusteredIndex === undefined) return;
  if (viewOn !== undefined) throw new MongoError('Location6026500', "'clusteredIndex' cannot be set on a view");
  if (timeseries !== undefined) refuse("'clusteredIndex' is not allowed with 'timeseries'");
  if (idIndex !== undefined && clusteredIndex.option !== undefined) {
    refuse("The 'clusteredIndex' option is not supported with the 'idIndex' option");
  }
}

function checkEncrypted({ encryptedFields, capped, timeseries, viewOn }: RequestedOptions): void {
  if (encryptedFields === undefined) return;
  if (capped === true) throw new MongoError('Location6367301', 'Encrypted collections cannot be capped');
  if (timeseries !== undefined || viewOn !== undefined) {
    throw new MongoError('Location6346401', 'Encrypted collections cannot be views or time-series collections');
  }
}

/** Options that a time-series collection may have. */
const besideTimeseries: ReadonlySet<string> = new Set([
  'timeseries',
  'collation',
  'expireAfterSeconds',
  'storageEngine',
  'indexOptionDefaults',
  'temp',
  'flags',
]);

function checkTimeseries(requested: RequestedOptions): void {
  for (const [name, value] of Object.entries(requested)) {
    if (value === undefined || besideTimeseries.has(name) || !(name in collectionFields)) continue;
    refuse(`time-series collections cannot have the option '${name}'`);
  }
}

function checkExpiry({ expireAfterSeconds, timeseries, clusteredIndex }: RequestedOptions, nowMs: number): void {
  if (expireAfterSeconds === undefined) return;
  if (timeseries === undefined && clusteredIndex?.option === undefined) {
    refuse(
      "'expireAfterSeconds' is only supported on time-series collections or when the 'clusteredIndex' option is specified",
    );
  }
  checkCollectionExpiry(expireAfterSeconds, nowMs);
}

function viewOptions(requested: RequestedOptions, viewOn: string): BsonDocument {
  if (viewOn === '') throw new MongoError('BadValue', "'viewOn' cannot be empty");
  if (requested.idIndex !== undefined) refuse("'idIndex' is not allowed with 'viewOn'");
  if (requested.expireAfterSeconds !== undefined) refuse("'expireAfterSeconds' is not allowed with 'viewOn'");
  if (requested.changeStreamPreAndPostImages?.enabled === true) {
    refuse('option not supported on a view: changeStreamPreAndPostImages');
  }
  const others = [
    'capped',
    'validator',
    'validationLevel',
    'validationAction',
    'storageEngine',
    'autoIndexId',
  ] as const;
  for (const name of others) {
    const value = requested[name];
    if (value !== undefined && value !== false) refuse(`cannot specify both 'viewOn' and '${name}'`);
  }
  const fields = new Map<string, Value>([
    ['viewOn', viewOn],
    ['pipeline', pipelineStages(requested.pipeline ?? [], 'create.pipeline')],
  ]);
  takeCollation(requested, fields);
  return BsonDocument.fromFields(fields);
}

/** The stages of a view's pipeline: documents, nulls between them left out. */
export function pipelineStages(given: readonly Value[], path: string): Value[] {
  return given.filter((stage) => !isNullish(stage)).map((stage, at) => object(stage, `${path}.${at}`));
}

function takeCapped({ capped, size, max }: RequestedOptions, fields: Map<string, Value>): void {
  if (capped !== true || size === undefined) return;
  fields.set('capped', true);
  fields.set('size', integer(roundedCappedSize(size)));
  if (max !== undefined && max > 0) fields.set('max', max);
}

function takeValidation(requested: RequestedOptions, name: Namespace, fields: Map<string, Value>): void {
  if (requested.validator !== undefined) {
    checkValidator(requested.validator, name);
    if (!requested.validator.isEmpty()) fields.set('validator', requested.validator);
  }
  if (requested.validationLevel !== undefined) fields.set('validationLevel', requested.validationLevel);
  if (requested.validationAction !== undefined) fields.set('validationAction', requested.validationAction);
}

/** Throws where a collection may have no validator, and what the query language throws for one that cannot be. */
export function checkValidator(validator: BsonDocument, { database, collection, full }: Namespace): void {
  if (database === 'admin' || database === 'local' || database === 'config') {
    refuse(`Document validators are not allowed on collection ${full} in the ${database} internal database`);
  }
  if (collection.startsWith('system.')) refuse(`Document validators not allowed on system collection ${full}`);
  parseFilter(validator, { place: 'validator' });
}

function takeOthers(requested: RequestedOptions, fields: Map<string, Value>): void {
  takeCollation(requested, fields);
  const { storageEngine, changeStreamPreAndPostImages, timeseries, clusteredIndex, expireAfterSeconds } = requested;
  if (storageEngine !== undefined) fields.set('storageEngine', storageEngine);
  if (requested.indexOptionDefaults !== undefined) fields.set('indexOptionDefaults', requested.indexOptionDefaults);
  if (changeStreamPreAndPostImages?.enabled === true) {
    fields.set('changeStreamPreAndPostImages', BsonDocument.fromFields(new Map([['enabled', true]])));
  }
  if (timeseries !== undefined) fields.set('timeseries', timeseriesOption(timeseries));
  if (clusteredIndex?.option !== undefined) fields.set('clusteredIndex', clusteredIndex.option);
  if (expireAfterSeconds !== undefined) fields.set('expireAfterSeconds', expireAfterSeconds);
  if (requested.encryptedFields !== undefined) fields.set('encryptedFields', requested.encryptedFields);
}

function takeCollation({ collation }: RequestedOptions, fields: Map<string, Value>): void {
  if (collation !== undefined && !collation.isSimple) fields.set('collation', collation.specification);
}
