import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';

/** A database and a collection in it. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
  /** `database.collection` */
  readonly full: string;
}

/**
 * Namespaces that come again and again, as one object each: the full name of a new one has to be put together and hashed
 * anew for every map that it is looked up in. Of fixed size; a newer one takes the place of an older.
 */
const kept: (Namespace | undefined)[] = new Array<Namespace | undefined>(256).fill(undefined);

/** The namespace of these two names, unchecked. */
export function namespace(database: string, collection: string): Namespace {
  const last = collection.charCodeAt(collection.length - 1);
  const slot = (database.length * 37 + collection.length * 11 + last) & (kept.length - 1);
  const known = kept[slot];
  if (known !== undefined && known.collection === collection && known.database === database) return known;
  const fresh = { database, collection, full: `${database}.${collection}` };
  kept[slot] = fresh;
  return fresh;
}

/** Splits `database.collection` at the first dot; throws InvalidNamespace where either part is missing. */
export function splitNamespace(full: string): Namespace {
  const dot = full.indexOf('.');
  if (dot <= 0 || dot === full.length - 1) throw invalid(full);
  return namespace(full.slice(0, dot), full.slice(dot + 1));
}

/** As `splitNamespace`, with both parts checked. Throws InvalidNamespace. */
export function parseNamespace(full: string): Namespace {
  const parsed = splitNamespace(full);
  checkCollectionName(parsed);
  return parsed;
}

function invalid(full: string): MongoError {
  return new MongoError('InvalidNamespace', `Invalid namespace specified '${full}'`);
}

// Source: manual, "Naming Restrictions".
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the characters a name may not hold
const databaseForbidden = /[/\\. "$\x00]/;

export function isDatabaseName(name: string): boolean {
  return name !== '' && !databaseForbidden.test(name) && Buffer.byteLength(name) <= limits.databaseNameBytes;
}

/** Of the names that were found right, the newest: most commands come for the database that the one before came for. */
let newestChecked: string | undefined;

/** Throws InvalidNamespace unless this can name a database. `$external` may carry users, never collections. */
export function checkDatabaseName(name: string): void {
  if (name === newestChecked) return;
  if (!isDatabaseName(name) && name !== '$external') {
    throw new MongoError('InvalidNamespace', `Invalid database name: '${name}'`);
  }
  newestChecked = name;
}

/** Throws InvalidNamespace unless commands may name this collection. */
export function checkCollectionName({ database, collection, full }: Namespace): void {
  checkDatabaseName(database);
  if (collection === '') throw new MongoError('InvalidNamespace', `Invalid namespace specified '${full}'`);
  if (collection.startsWith('.') || collection.includes('\0')) {
    throw new MongoError('InvalidNamespace', `Invalid collection name: ${collection}`);
  }
}

/** Throws InvalidNamespace unless a user may create this collection. */
export function checkCreatable({ database, collection, full }: Namespace): void {
  checkCollectionName({ database, collection, full });
  if (collection.includes('$')) throw new MongoError('InvalidNamespace', `Invalid collection name: ${collection}`);
  if (Buffer.byteLength(full) > limits.namespaceBytes) {
    throw new MongoError(
      'InvalidNamespace',
      `Fully qualified namespace is too long. Namespace: ${full} Max: ${limits.namespaceBytes}`,
    );
  }
  if (collection.startsWith('system.') && !isSystemCollection(database, collection)) {
    throw new MongoError('InvalidNamespace', `Invalid system namespace: ${full}`);
  }
}

const systemCollections: Readonly<Record<string, readonly string[]>> = {
  '*': ['system.js', 'system.profile', 'system.users', 'system.views'],
  admin: ['system.roles', 'system.version', 'system.keys', 'system.backup_users'],
  config: ['system.sessions', 'system.indexBuilds', 'system.preimages'],
  local: ['system.replset'],
};

/** Whether this `system.` collection is one that MongoDB knows in this database. */
export function isSystemCollection(database: string, collection: string): boolean {
  if (collection.startsWith('system.buckets.')) return true;
  return [...(systemCollections['*'] ?? []), ...(systemCollections[database] ?? [])].includes(collection);
}
