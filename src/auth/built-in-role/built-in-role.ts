/** What a built-in role is: a row of the table, its privileges spelled for the database that it is named in. */
import type { Action } from '../action.ts';
import type { Privilege } from '../privilege.ts';

export interface BuiltInRole {
  /** `any`: each database has one of its own; `admin`: only there. */
  readonly database: 'any' | 'admin';
  readonly privileges: (database: string) => readonly Privilege[];
}

type Actions = readonly Action[];

export function onCluster(...actions: Actions): Privilege {
  return { resource: { kind: 'cluster' }, actions };
}

export function onAnyResource(...actions: Actions): Privilege {
  return { resource: { kind: 'anyResource' }, actions };
}

/** On the ordinary collections of a database; of all databases where it is empty. */
export function onDatabase(database: string, actions: Actions): Privilege {
  return onCollection(database, '', actions);
}

/** On one collection; of this name in every database where that is empty. */
export function onCollection(database: string, collection: string, actions: Actions): Privilege {
  return { resource: { kind: 'namespace', database, collection }, actions };
}

/** On the buckets of all time series of a database; of all databases where it is empty. */
export function onBuckets(database: string, actions: Actions): Privilege {
  return { resource: { kind: 'buckets', database, collection: '' }, actions };
}
