import type { BsonDocument, Value } from '../bson/value.ts';
import type { Collation } from '../query/collation.ts';
import type { Filter } from '../query/filter.ts';
import type { IndexDescriptor } from '../query/index-descriptor.ts';
import type { TableId } from '../storage/engine.ts';
import type { CollectionLock } from './lock.ts';
import type { Namespace } from './namespace.ts';
import type { Timeseries } from './option/timeseries.ts';

/** One index of a collection: what the planner knows of it, how listIndexes shows it, and where its keys are. */
export interface Index {
  readonly descriptor: IndexDescriptor;
  /** As listIndexes answers: v, key, name, then options. */
  readonly specification: BsonDocument;
  readonly table: TableId;
  /** `prepareUnique`: takes no further duplicates, whatever it holds already. */
  readonly isPreparedUnique: boolean;
}

/** A rule that documents must meet (create's validator, validationLevel, validationAction). */
export interface Validator {
  readonly filter: Filter;
  readonly specification: BsonDocument;
  readonly level: 'off' | 'moderate' | 'strict';
  readonly action: 'error' | 'warn' | 'errorAndLog';
}

export interface CappedLimits {
  readonly sizeBytes: number;
  /** 0: no limit by number. */
  readonly documents: number;
}

/** What a collection is at run time beyond its record; shared by all versions of its description. */
export interface CollectionState {
  readonly lock: CollectionLock;
  /** The next RecordId; undefined until the first insert has looked for the last one. */
  nextRecordId: number | undefined;
  /** Called after documents were added, for those who wait at the end of a capped collection. */
  readonly insertListeners: Set<() => void>;
  /** By name, how often an index led to documents since the server started or the index was made, hidden or shown. */
  readonly indexUses: Map<string, number>;
}

/** A collection as committed (or as a transaction made it). Never changed; a change makes a new one. */
export interface Collection {
  readonly kind: 'collection';
  readonly namespace: Namespace;
  readonly uuid: Buffer;
  /** As listCollections shows them. */
  readonly options: BsonDocument;
  readonly recordTable: TableId;
  readonly indexes: readonly Index[];
  readonly capped: CappedLimits | undefined;
  readonly validator: Validator | undefined;
  readonly collation: Collation | undefined;
  /** Whether change streams tell what becomes of its documents. */
  readonly isWatchable: boolean;
  /** Whether they can show documents as they were before and after (`changeStreamPreAndPostImages`). */
  readonly keepsImages: boolean;
  readonly isTimeseries: boolean;
  /** What a time-series collection asks of its documents. */
  readonly timeseries: Timeseries | undefined;
  /** The index whose order the documents have when nobody asks for another; undefined: that of their insertion. */
  readonly naturalIndex: Index | undefined;
  /** Number of the catalog change that made this version; a snapshot older than it must not use it. */
  readonly changedAt: number;
  readonly state: CollectionState;
}

/** A stored pipeline over another collection or view. */
export interface View {
  readonly kind: 'view';
  readonly namespace: Namespace;
  readonly options: BsonDocument;
  readonly viewOn: string;
  readonly pipeline: readonly Value[];
  readonly collation: Collation | undefined;
}

export type CatalogEntry = Collection | View;

/** Indexes that users see and count: not the one that a clustered collection is, nor those of the server's own. */
export function ownIndexes({ indexes }: Collection): readonly Index[] {
  return indexes.filter(({ specification }) => !specification.has('clustered') && !isInternal(specification));
}

/** Indexes as listIndexes shows them. */
export function shownIndexes({ indexes }: Collection): readonly BsonDocument[] {
  return indexes.map(({ specification }) => specification).filter((specification) => !isInternal(specification));
}

/** Whether an index is there for the server alone. */
function isInternal(specification: BsonDocument): boolean {
  return specification.has('internal');
}

/** The index on `_id`, first of all where there is one: time-series collections have none. */
export function idIndex({ indexes }: Collection): Index | undefined {
  const first = indexes[0];
  if (first === undefined || first.descriptor.name === '_id_') return first;
  return first.specification.has('clustered') ? first : undefined;
}
