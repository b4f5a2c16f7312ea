/** The `index` part of collMod: which index, and what becomes different about it. */
import { valuesEqual } from '../bson/compare.ts';
import { toDouble } from '../bson/number.ts';
import { printDocument, printValue } from '../bson/print.ts';
import { lenientBool, object, optional, type Parsed, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collection, Index } from './collection.ts';
import { changedIndexExpiry, wholeSeconds } from './option/expiry.ts';
import { isIdKey } from './option/id-key.ts';

const fields = {
  name: optional(string),
  keyPattern: optional(object),
  expireAfterSeconds: optional(wholeSeconds),
  hidden: optional(lenientBool),
  unique: optional(lenientBool),
  prepareUnique: optional(lenientBool),
};
const parse = structure('index', fields);

/** What collMod asks of an index. */
export type IndexChange = Parsed<typeof fields>;

/** Reads the fields; throws TypeMismatch, IDLUnknownField. */
export function parseIndexChange(document: BsonDocument, path?: string): IndexChange {
  return parse(document, path);
}

/** An index as it will be, and what the reply tells of the difference. */
export interface ChangedIndex {
  readonly index: Index;
  readonly specification: BsonDocument;
  /** The keys must be built anew, under a specification that is unique. */
  readonly becomesUnique: boolean;
  readonly reply: Readonly<Record<string, boolean | bigint | undefined>>;
}

/** Throws InvalidOptions, IndexNotFound, BadValue, AmbiguousIndexKeyPattern. */
export function changeIndex(collection: Collection, change: IndexChange): ChangedIndex {
  const { name, keyPattern, expireAfterSeconds, hidden, unique, prepareUnique } = change;
  if (name !== undefined && keyPattern !== undefined) throw refuse('Cannot specify both key pattern and name.');
  if (name === undefined && keyPattern === undefined) throw refuse('Must specify either index name or key pattern.');
  if ([expireAfterSeconds, hidden, unique, prepareUnique].every((value) => value === undefined)) {
    throw refuse('no expireAfterSeconds, hidden, unique, or prepareUnique field');
  }
  const index =
    name === undefined ? findByKey(collection, keyPattern ?? BsonDocument.empty) : findByName(collection, name);
  const specification = index.specification.toFields();
  const reply: Record<string, boolean | bigint | undefined> = {};
  if (expireAfterSeconds !== undefined) changeExpiry(index, expireAfterSeconds, specification, reply);
  if (hidden !== undefined) {
    if (isIdKey(index.descriptor.keyPattern)) throw new MongoError('BadValue', "can't hide _id index");
    changeFlag('hidden', hidden, specification, reply);
  }
  if (prepareUnique !== undefined) {
    changeFlag('prepareUnique', prepareUnique, specification, reply);
    if (reply.prepareUnique_new !== undefined && (hidden !== undefined || expireAfterSeconds !== undefined)) {
      throw refuse('cannot change prepareUnique together with other options of the index');
    }
  }
  const becomesUnique = unique === undefined ? false : changeUnique(index, unique, specification, reply);
  return { index, specification: BsonDocument.fromFields(specification), becomesUnique, reply };
}

function refuse(message: string): MongoError {
  return new MongoError('InvalidOptions', message);
}

function visible(collection: Collection): readonly Index[] {
  return collection.indexes.filter(({ specification }) => !specification.has('internal'));
}

function findByName(collection: Collection, name: string): Index {
  const index = visible(collection).find(({ descriptor }) => descriptor.name === name);
  if (index !== undefined) return index;
  throw new MongoError('IndexNotFound', `cannot find index ${name} for ns ${collection.namespace.full}`);
}

function findByKey(collection: Collection, key: BsonDocument): Index {
  const matching = visible(collection).filter(({ descriptor }) => valuesEqual(descriptor.keyPattern, key));
  const [index] = matching;
  if (index === undefined) {
    throw new MongoError(
      'IndexNotFound',
      `cannot find index ${printDocument(key)} for ns ${collection.namespace.full}`,
    );
  }
  if (matching.length > 1) {
    throw new MongoError(
      'AmbiguousIndexKeyPattern',
      `index keyPattern ${printDocument(key)} matches ${matching.length} indexes, must use index name. Conflicting indexes: ${matching.map(({ specification }) => printValue(specification)).join(', ')}`,
    );
  }
  return index;
}

function changeExpiry(
  { descriptor }: Index,
  wanted: bigint,
  specification: Map<string, Value>,
  reply: Record<string, boolean | bigint | undefined>,
): void {
  if (isIdKey(descriptor.keyPattern)) throw refuse('the _id field does not support TTL indexes');
  if (descriptor.keyPattern.size() !== 1) {
    throw refuse('TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  const seconds = changedIndexExpiry(wanted);
  const before = specification.get('expireAfterSeconds');
  reply.expireAfterSeconds_old = isNumeric(before) ? BigInt(Math.trunc(toDouble(before))) : undefined;
  reply.expireAfterSeconds_new = BigInt(seconds);
  specification.set('expireAfterSeconds', seconds);
}

/** Sets or clears an option that is only written down where it is true; the reply tells of it where that is news. */
function changeFlag(
  option: 'hidden' | 'prepareUnique',
  wanted: boolean,
  specification: Map<string, Value>,
  reply: Record<string, boolean | bigint | undefined>,
): void {
  const before = specification.get(option) === true;
  if (before === wanted) return;
  reply[`${option}_old`] = before;
  reply[`${option}_new`] = wanted;
  if (wanted) specification.set(option, true);
  else specification.delete(option);
}

function changeUnique(
  index: Index,
  wanted: boolean,
  specification: Map<string, Value>,
  reply: Record<string, boolean | bigint | undefined>,
): boolean {
  if (!wanted) throw new MongoError('BadValue', 'collMod does not support converting an index to non-unique');
  if (index.descriptor.isUnique) return false;
  if (specification.get('prepareUnique') !== true) {
    throw refuse(
      "Cannot make index unique with 'prepareUnique=false'. Run collMod to set it to true before converting the index.",
    );
  }
  specification.delete('prepareUnique');
  specification.set('unique', true);
  reply.unique_new = true;
  return true;
}
