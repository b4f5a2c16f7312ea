/** What a statement changed, as a note beside its writes (storage/engine.ts): cheap to make, read only where it is kept. */
import type { BsonDocument } from '../bson/value.ts';
import type { WriteNote } from '../storage/engine.ts';
import { type Reach, wholeDocument } from './reach.ts';

/** As much of a collection as its changes need. */
export interface ChangedCollection {
  readonly namespace: ChangedNamespace;
  readonly uuid: Buffer;
  /** `changeStreamPreAndPostImages`. */
  readonly keepsImages: boolean;
}

export interface ChangedNamespace {
  readonly database: string;
  readonly collection: string;
}

/** A document that was inserted, updated, replaced or removed. */
export class DocumentChange implements WriteNote {
  readonly meaning = 'document';
  readonly collection: ChangedCollection;
  readonly before: Buffer | undefined;
  readonly after: Buffer | undefined;
  readonly reach: Reach;

  /** Without `before` it was inserted, without `after` removed. */
  constructor(
    collection: ChangedCollection,
    before: Buffer | undefined,
    after: Buffer | undefined,
    reach: Reach = wholeDocument,
  ) {
    this.collection = collection;
    this.before = before;
    this.after = after;
    this.reach = reach;
  }
}

/** What kind of thing a namespace names, as events tell it. */
export type NamespaceType = 'collection' | 'view' | 'timeseries';

export interface DefinitionDetails {
  readonly database: string;
  /** Absent where a whole database was dropped. */
  readonly collection?: string;
  readonly uuid?: Buffer | undefined;
  readonly type?: NamespaceType;
  /** `operationDescription` of the event. */
  readonly description?: BsonDocument;
  /** `stateBeforeChange` of a `modify` event. */
  readonly stateBefore?: BsonDocument;
  /** The new name of a renamed collection. */
  readonly to?: ChangedNamespace;
}

export type DefinitionKind = 'create' | 'createIndexes' | 'dropIndexes' | 'modify' | 'rename' | 'drop' | 'dropDatabase';

/** A collection, view or database that was made, changed or dropped. */
export class DefinitionChange implements WriteNote {
  readonly meaning = 'definition';
  readonly kind: DefinitionKind;
  readonly details: DefinitionDetails;

  constructor(kind: DefinitionKind, details: DefinitionDetails) {
    this.kind = kind;
    this.details = details;
  }
}

const serverDatabases: ReadonlySet<string> = new Set(['admin', 'config', 'local']);

/** Whether anybody may watch this namespace: not the server's own databases, nor system collections (manual, "Change Streams"). */
export function isWatchable({ database, collection }: ChangedNamespace): boolean {
  return !serverDatabases.has(database) && !collection.startsWith('system.');
}
