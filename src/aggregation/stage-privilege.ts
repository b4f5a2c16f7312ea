/**
 * What a stage asks of whoever runs its pipeline. Read from the stage as it was written, before anything was parsed, so
 * that nobody learns from an error what they may not see. A form that no parser would take asks for nothing: it does not
 * run either. A field that stands twice counts twice.
 */
import type { Action } from '../auth/action.ts';
import { clusterResource, collectionResource, type Resource } from '../auth/resource.ts';
import { BsonDocument, type Value } from '../bson/value.ts';

/**
 * What a pipeline that begins with the stage asks: an action on the namespace that it reads, or on the cluster. `none`
 * where the stage makes its documents of nothing, or shows nothing but what is the user's own.
 */
export type StagePrivilege = { readonly action: Action; readonly on: 'namespace' | 'cluster' } | 'none';

/** What a stage asks beside that, because of its argument. */
export type StageRequirement =
  | { readonly kind: 'right'; readonly action: Action; readonly resource: Resource }
  /** A pipeline that reads another namespace; `collection` is absent where it makes its own documents. */
  | {
      readonly kind: 'pipeline';
      readonly database: string;
      readonly collection: string | undefined;
      readonly stages: Value | undefined;
    }
  /** A pipeline over the documents of the one around it. */
  | { readonly kind: 'nested'; readonly stages: Value };

/** Where the stage stands. */
export interface StagePlace {
  readonly database: string;
  readonly collection: string | undefined;
  /** The command's bypassDocumentValidation. */
  readonly bypassesValidation: boolean;
}

/** All values of a field of a stage's argument. */
export function valuesOf(argument: Value | undefined, field: string): readonly Value[] {
  if (!(argument instanceof BsonDocument)) return [];
  const found: Value[] = [];
  for (const [name, value] of argument.entries()) if (name === field) found.push(value);
  return found;
}

/** Namespaces that a value names: `'collection'` or `{db, coll}`. */
export function namespacesIn(
  value: Value,
  database: string,
): readonly { readonly database: string; readonly collection: string }[] {
  if (typeof value === 'string') return [{ database, collection: value }];
  const collections = valuesOf(value, 'coll').filter((name) => typeof name === 'string');
  const databases = valuesOf(value, 'db').filter((name) => typeof name === 'string' && name !== '');
  const within = databases.length === 0 ? [database] : databases;
  return within.flatMap((db) => collections.map((collection) => ({ database: db as string, collection })));
}

/** The pipelines that a stage with these fields runs over other collections, and the collections that it reads without. */
export function foreignPipelines(argument: Value, field: string, place: StagePlace): readonly StageRequirement[] {
  const named = valuesOf(argument, field).flatMap((value) => namespacesIn(value, place.database));
  const targets = named.length === 0 ? [{ database: place.database, collection: undefined }] : named;
  const pipelines = valuesOf(argument, 'pipeline');
  const stages = pipelines.length === 0 ? [undefined] : pipelines;
  return targets.flatMap((target) => stages.map((inner) => ({ kind: 'pipeline' as const, ...target, stages: inner })));
}

/** Rights to write to these collections. */
export function writeRights(
  targets: readonly { readonly database: string; readonly collection: string }[],
  actions: readonly Action[],
  place: StagePlace,
): readonly StageRequirement[] {
  const all: readonly Action[] = place.bypassesValidation ? [...actions, 'bypassDocumentValidation'] : actions;
  return targets.flatMap(({ database, collection }) =>
    all.map((action) => ({ kind: 'right' as const, action, resource: collectionResource(database, collection) })),
  );
}

/** Rights to see how collections are made: those under this resource, or all where it is absent. */
export function catalogRights(resource: Resource | undefined): readonly StageRequirement[] {
  const within: Resource = resource ?? { kind: 'allCollections' };
  const shown = (['listCollections', 'listIndexes'] as const).map(
    (action) => ({ kind: 'right', action, resource: within }) as const,
  );
  return resource === undefined
    ? [{ kind: 'right', action: 'listDatabases', resource: clusterResource }, ...shown]
    : shown;
}
