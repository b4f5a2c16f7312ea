/**
 * What a privilege is asked on, and what it is granted on (manual, "Resource Document").
 *
 * A request names one *resource*: the cluster, a database, a collection. A privilege holds a *pattern*. Which patterns
 * cover a resource is few enough to be listed, so a question costs that many map lookups:
 *
 *   collection a.b           {anyResource} {db:'',collection:''} {a,''} {'','b'} {a,'b'}
 *   a.system.x               {anyResource}                              {'','system.x'} {a,'system.x'}
 *   a.system.buckets.b       {anyResource} the system_buckets forms     and as a.system.x
 *   database a               {anyResource} {db:'',collection:''} {a,''}
 *   cluster                  {anyResource} {cluster}
 *
 * `{db: '', collection: ''}` stands for every ordinary collection, but not for those of `local` and `config`: whoever
 * manages users' data must not reach the server's own.
 */
import { document } from '../bson/literal.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Action } from './action.ts';

/** What somebody wants to do something on. */
export type Resource =
  | { readonly kind: 'cluster' }
  /** Everything there is: only a grant on `{anyResource: true}` covers it. */
  | { readonly kind: 'anyResource' }
  /** The ordinary collections of all databases, for change streams on the cluster. */
  | { readonly kind: 'allCollections' }
  | { readonly kind: 'database'; readonly database: string }
  | { readonly kind: 'collection'; readonly database: string; readonly collection: string };

/** Something that somebody may do. */
export interface Right {
  readonly action: Action;
  readonly resource: Resource;
}

export const clusterResource: Resource = { kind: 'cluster' };

export function databaseResource(database: string): Resource {
  return { kind: 'database', database };
}

export function collectionResource(database: string, collection: string): Resource {
  return { kind: 'collection', database, collection };
}

/** What a privilege was granted on. Empty names stand for any. */
export type ResourcePattern =
  | { readonly kind: 'anyResource' }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'namespace'; readonly database: string; readonly collection: string }
  /** The bucket collections of time series, by the name of the series. */
  | { readonly kind: 'buckets'; readonly database: string; readonly collection: string };

const bucketsPrefix = 'system.buckets.';
const anyResourceKey = 'anyResource';
const clusterKey = 'cluster';

/** Equal keys, equal patterns: a database's name holds no dot. */
export function patternKey(pattern: ResourcePattern): string {
  if (pattern.kind === 'anyResource') return anyResourceKey;
  if (pattern.kind === 'cluster') return clusterKey;
  return pattern.kind === 'namespace'
    ? namespaceKey(pattern.database, pattern.collection)
    : bucketsKey(pattern.database, pattern.collection);
}

function namespaceKey(database: string, collection: string): string {
  return `n${database}.${collection}`;
}

function bucketsKey(database: string, collection: string): string {
  return `b${database}.${collection}`;
}

/** Keys of all patterns that cover a resource. */
export function coveringKeys(resource: Resource): readonly string[] {
  switch (resource.kind) {
    case 'cluster':
      return [anyResourceKey, clusterKey];
    case 'anyResource':
      return [anyResourceKey];
    case 'allCollections':
      return [anyResourceKey, namespaceKey('', '')];
    case 'database':
      return [anyResourceKey, ...databaseKeys(resource.database)];
    case 'collection':
      return collectionKeys(resource.database, resource.collection);
  }
}

function databaseKeys(database: string): readonly string[] {
  const own = namespaceKey(database, '');
  return isServersOwn(database) ? [own] : [namespaceKey('', ''), own];
}

function collectionKeys(database: string, collection: string): readonly string[] {
  const exact = [anyResourceKey, namespaceKey('', collection), namespaceKey(database, collection)];
  if (!isSystem(database, collection)) return [...exact, ...databaseKeys(database)];
  if (!collection.startsWith(bucketsPrefix)) return exact;
  const series = collection.slice(bucketsPrefix.length);
  const forms = [bucketsKey('', ''), bucketsKey(database, ''), bucketsKey('', series), bucketsKey(database, series)];
  return [...exact, ...forms];
}

function isServersOwn(database: string): boolean {
  return database === 'local' || database === 'config';
}

function isSystem(database: string, collection: string): boolean {
  return collection.startsWith('system.') || (database === 'local' && collection.startsWith('replset.'));
}

/** Whether a pattern covers anything in this database. */
export function touchesDatabase(pattern: ResourcePattern, database: string): boolean {
  if (pattern.kind === 'cluster') return false;
  if (pattern.kind === 'anyResource') return true;
  if (pattern.database !== '') return pattern.database === database;
  return pattern.kind === 'buckets' || pattern.collection !== '' || !isServersOwn(database);
}

/** The database that a pattern is bound to; undefined for those that reach beyond one. */
export function databaseOf(pattern: ResourcePattern): string | undefined {
  const isBound = (pattern.kind === 'namespace' || pattern.kind === 'buckets') && pattern.database !== '';
  return isBound ? pattern.database : undefined;
}

/** The pattern as roles show it. */
export function describePattern(pattern: ResourcePattern): BsonDocument {
  if (pattern.kind === 'anyResource') return document({ anyResource: true });
  if (pattern.kind === 'cluster') return document({ cluster: true });
  const { database, collection } = pattern;
  return document(
    pattern.kind === 'namespace' ? { db: database, collection } : { db: database, system_buckets: collection },
  );
}

const fieldNames: ReadonlySet<string> = new Set(['anyResource', 'cluster', 'db', 'collection', 'system_buckets']);

/** Reads a resource document. Throws FailedToParse where it is none of the known forms, TypeMismatch for wrong types. */
export function parsePattern(given: BsonDocument): ResourcePattern {
  for (const name of given.keys()) {
    if (!fieldNames.has(name)) throw malformed(`unknown field '${name}'`);
  }
  const flag = (['anyResource', 'cluster'] as const).find((name) => given.has(name));
  if (flag !== undefined) {
    if (given.size() > 1) throw malformed(`'${flag}' stands alone`);
    if (given.get(flag) !== true) throw malformed(`'${flag}' must be true`);
    return { kind: flag };
  }
  const database = name(given, 'db') ?? (given.has('system_buckets') ? '' : undefined);
  const collection = name(given, 'collection');
  const buckets = name(given, 'system_buckets');
  if (collection !== undefined && buckets !== undefined) {
    throw malformed("'collection' and 'system_buckets' exclude each other");
  }
  if (database === undefined || (collection === undefined && buckets === undefined)) {
    throw malformed("'db' and 'collection' must both be there");
  }
  if (database.includes('.')) throw malformed(`'${database}' is no database`);
  return buckets === undefined
    ? { kind: 'namespace', database, collection: collection ?? '' }
    : { kind: 'buckets', database, collection: buckets };
}

function name(given: BsonDocument, field: string): string | undefined {
  const value = given.get(field);
  if (value === undefined || typeof value === 'string') return value;
  throw malformed(`'${field}' must be a string`);
}

function malformed(reason: string): MongoError {
  return new MongoError(
    'FailedToParse',
    `Resource must be {db, collection}, {cluster: true}, {anyResource: true} or {db, system_buckets}: ${reason}`,
  );
}
