import type { Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Namespace } from './collection.ts';

/** The collection that a stage's argument names; InvalidNamespace where no collection can have this name. */
export function foreignNamespace(database: string, collection: string): Namespace {
  const isValid = collection !== '' && !collection.startsWith('.') && !collection.includes('\0');
  if (!isValid) throw new MongoError('InvalidNamespace', `Invalid namespace specified '${database}.${collection}'`);
  return { database, collection };
}

/** The stages of a pipeline inside of a stage's argument; TypeMismatch for what is no array of documents. */
export function requirePipeline(value: Value, stage: string): readonly Value[] {
  if (Array.isArray(value)) return value;
  throw new MongoError('TypeMismatch', `'pipeline' option of ${stage} must be specified as an array`);
}
