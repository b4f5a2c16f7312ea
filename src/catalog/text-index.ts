/**
 * Definitions of text indexes. MongoDB stores such an index under a pattern of its own, whatever fields it was made with:
 *
 *   { a: 'text', b: 'text', c: 1 }  →  key { _fts: 'text', _ftsx: 1, c: 1 }, weights { a: 1, b: 1 }
 */

import { toDouble } from '../bson/number.ts';
import { isInt32 } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';

/** Languages of text search, by name and by code (manual, "Text Search Languages"). */
const languages: ReadonlySet<string> = new Set(
  (
    'none danish da dutch nl english en finnish fi french fr german de hungarian hu italian it norwegian nb portuguese pt ' +
    'romanian ro russian ru spanish es swedish sv turkish tr'
  ).split(' '),
);

const weightMax = 999_999_999;
const newestVersion = 3;

/** Whether a key pattern is that of a text index, as it is asked for or as it is stored. */
export function isTextKey(key: BsonDocument): boolean {
  for (const [, value] of key.entries()) if (value === 'text') return true;
  return false;
}

/**
 * The fields of a text index's specification as they are stored. `fields` holds what was asked for, checked by type.
 * Throws CannotCreateIndex.
 */
export function completeTextIndex(fields: Map<string, Value>, key: BsonDocument): void {
  const weights = new Map<string, Value>();
  for (const name of textFields(key)) weights.set(name, 1);
  takeWeights(fields.get('weights'), weights);
  fields.set('key', key.has('_fts') ? key : storedKey(key));
  fields.set('weights', BsonDocument.fromFields(new Map([...weights].sort(([a], [b]) => (a < b ? -1 : 1)))));
  const language = fields.get('default_language') ?? 'english';
  if (typeof language !== 'string' || !languages.has(language.toLowerCase())) {
    throw refuse(`default_language is not valid: ${language}`);
  }
  fields.set('default_language', language);
  const override = fields.get('language_override') ?? 'language';
  if (typeof override !== 'string' || override === '' || override.startsWith('$') || override.includes('.')) {
    throw refuse(`language_override is not valid: ${override}`);
  }
  fields.set('language_override', override);
  fields.set('textIndexVersion', versionOf(fields.get('textIndexVersion')));
}

function refuse(message: string): MongoError {
  return new MongoError('CannotCreateIndex', message);
}

function versionOf(given: Value | undefined): number {
  if (given === undefined) return newestVersion;
  const version = isNumeric(given) ? toDouble(given) : Number.NaN;
  if (Number.isInteger(version) && version >= 1 && version <= newestVersion) return version;
  throw refuse(`bad textIndexVersion: ${given}`);
}

/** The fields with text, which must stand together. */
function textFields(key: BsonDocument): string[] {
  const names: string[] = [];
  let isBehind = false;
  for (const [name, value] of key.entries()) {
    if (value !== 'text') {
      isBehind = names.length > 0;
      continue;
    }
    if (isBehind) throw refuse("'text' fields in index must all be adjacent");
    if (name !== '_fts') names.push(name);
    else isBehind = false;
  }
  return names;
}

function storedKey(key: BsonDocument): BsonDocument {
  const stored = new Map<string, Value>();
  for (const [name, value] of key.entries()) {
    if (value !== 'text') stored.set(name, value);
    else if (!stored.has('_fts')) stored.set('_fts', 'text').set('_ftsx', 1);
  }
  return BsonDocument.fromFields(stored);
}

/** Weights that were asked for; fields that only they name are indexed as well. */
function takeWeights(given: Value | undefined, weights: Map<string, Value>): void {
  if (typeof given === 'string' && given === '$**') weights.set('$**', 1);
  if (!(given instanceof BsonDocument)) return;
  for (const [name, value] of given.entries()) {
    const weight = isNumeric(value) ? toDouble(value) : Number.NaN;
    if (!(weight > 0 && weight <= weightMax)) {
      throw refuse(`text index weight must be in the exclusive interval (0,1000000000) but found: ${value}`);
    }
    weights.set(name, isInt32(weight) ? weight : value);
  }
}
