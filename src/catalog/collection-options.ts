/** The options of create, checked and in the form in which the catalog keeps them and listCollections shows them. */
import { toDouble } from '../bson/number.ts';
import { integer, type Numeric } from '../bson/scalar.ts';
import { wrongType } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseCollation } from '../query/collation.ts';

/** What create was asked for, by the names of its fields. */
export interface RequestedOptions {
  readonly capped?: boolean | undefined;
  readonly size?: Value | undefined;
  readonly max?: Value | undefined;
  readonly storageEngine?: BsonDocument | undefined;
  readonly validator?: BsonDocument | undefined;
  readonly validationLevel?: string | undefined;
  readonly validationAction?: string | undefined;
  readonly indexOptionDefaults?: BsonDocument | undefined;
  readonly viewOn?: string | undefined;
  readonly pipeline?: readonly Value[] | undefined;
  readonly collation?: BsonDocument | undefined;
  readonly changeStreamPreAndPostImages?: BsonDocument | undefined;
  readonly timeseries?: BsonDocument | undefined;
  readonly clusteredIndex?: Value | undefined;
  readonly expireAfterSeconds?: Value | undefined;
}

export interface CollectionOptions {
  readonly options: BsonDocument;
  readonly isView: boolean;
}

/** Largest size of a capped collection in bytes. */
const cappedSizeMaxBytes = 2 ** 50;
const cappedDocumentsMax = 2 ** 31 - 1;

/** Throws InvalidOptions, BadValue, TypeMismatch for options that do not go together or cannot be. */
export function parseCollectionOptions(requested: RequestedOptions): CollectionOptions {
  const fields = new Map<string, Value>();
  if (requested.viewOn !== undefined)
    return { options: viewOptions(requested, requested.viewOn, fields), isView: true };
  if (requested.pipeline !== undefined) {
    throw new MongoError('InvalidOptions', "'pipeline' requires 'viewOn' to also be specified");
  }
  takeCapped(requested, fields);
  takeValidation(requested, fields);
  if (requested.collation !== undefined) fields.set('collation', parseCollation(requested.collation).specification);
  for (const name of ['storageEngine', 'indexOptionDefaults', 'changeStreamPreAndPostImages', 'timeseries'] as const) {
    const value = requested[name];
    if (value !== undefined) fields.set(name, value);
  }
  if (requested.clusteredIndex !== undefined) fields.set('clusteredIndex', requested.clusteredIndex);
  if (requested.expireAfterSeconds !== undefined) fields.set('expireAfterSeconds', requested.expireAfterSeconds);
  return { options: BsonDocument.fromFields(fields), isView: false };
}

function viewOptions(requested: RequestedOptions, viewOn: string, fields: Map<string, Value>): BsonDocument {
  if (viewOn === '') throw new MongoError('BadValue', "'viewOn' cannot be empty");
  if (requested.capped === true) {
    throw new MongoError('InvalidOptions', "cannot specify both 'viewOn' and 'capped'");
  }
  fields.set('viewOn', viewOn);
  fields.set('pipeline', requested.pipeline ?? []);
  if (requested.collation !== undefined) fields.set('collation', parseCollation(requested.collation).specification);
  return BsonDocument.fromFields(fields);
}

function takeCapped({ capped, size, max }: RequestedOptions, fields: Map<string, Value>): void {
  if (capped !== true) {
    if (size !== undefined) throw new MongoError('InvalidOptions', "the 'size' field requires 'capped' to be true");
    if (max !== undefined) throw new MongoError('InvalidOptions', "the 'max' field requires 'capped' to be true");
    return;
  }
  if (size === undefined) throw new MongoError('InvalidOptions', "the 'size' field is required when 'capped' is true");
  const sizeBytes = numberOf(size, 'create.size');
  if (!(sizeBytes >= 1 && sizeBytes <= cappedSizeMaxBytes)) {
    throw new MongoError(
      'BadValue',
      `BSON field 'size' value must be >= 1 and <= ${cappedSizeMaxBytes}, actual value '${sizeBytes}'`,
    );
  }
  fields.set('capped', true);
  // MongoDB rounds the size of a capped collection up to a multiple of 256 bytes.
  fields.set('size', integer(Math.ceil(Math.trunc(sizeBytes) / 256) * 256));
  if (max === undefined) return;
  const documents = numberOf(max, 'create.max');
  if (documents > cappedDocumentsMax) {
    throw new MongoError(
      'BadValue',
      `BSON field 'max' value must be <= ${cappedDocumentsMax}, actual value '${documents}'`,
    );
  }
  if (documents > 0) fields.set('max', integer(Math.trunc(documents)));
}

function numberOf(value: Value, path: string): number {
  if (!isNumeric(value)) throw wrongType(value, path, 'long', 'int', 'decimal', 'double');
  return toDouble(value as Numeric);
}

function takeValidation(requested: RequestedOptions, fields: Map<string, Value>): void {
  if (requested.validator !== undefined) fields.set('validator', requested.validator);
  if (requested.validationLevel !== undefined) {
    checkChoice('create.validationLevel', requested.validationLevel, ['off', 'strict', 'moderate']);
    fields.set('validationLevel', requested.validationLevel);
  }
  if (requested.validationAction !== undefined) {
    checkChoice('create.validationAction', requested.validationAction, ['error', 'warn', 'errorAndLog']);
    fields.set('validationAction', requested.validationAction);
  }
}

function checkChoice(path: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new MongoError('BadValue', `Enumeration value '${value}' for field '${path}' is not a valid value.`);
}
