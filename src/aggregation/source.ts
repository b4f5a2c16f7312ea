/**
 * The streams that a pipeline is made of, and what they are run with. The three know each other: a source is asked with
 * an execution, an execution reads collections, and a collection that is read is a source.
 */
import type { BsonDocument } from '../bson/value.ts';
import type { Clock } from '../clock/clock.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { limits } from '../limits.ts';
import type { Collation } from '../query/collation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { GeoIndex, LeadingQuery, Namespace, NamespaceDescription, UniqueIndex } from './collection.ts';
import type { CollectionWriter } from './collection-writer.ts';
import type { ServerState } from './server-state.ts';

/** A stream of documents that are made as they are asked for: a collection's scan, or a stage over another stream. */
export interface DocumentSource {
  /**
   * The next documents, in order; undefined at the end, and again at each later call. A batch may be empty, which says
   * nothing about the end: ask again. The execution may be another one at each call (each getMore brings its own).
   */
  next(execution: Execution): MaybePromise<readonly BsonDocument[] | undefined>;
}

/** How stages read collections. Everything is read in the operation that brought the execution. */
export interface CollectionReader {
  describe(namespace: Namespace): MaybePromise<NamespaceDescription>;
  /** Opens a collection (never a view). One that is missing is an empty source. */
  open(namespace: Namespace, query: LeadingQuery): MaybePromise<DocumentSource>;
  /** Whether an equality on this path of the collection is answered by an index. */
  hasIndexOn(namespace: Namespace, path: string): MaybePromise<boolean>;
  /**
   * A unique, non-partial index over exactly these fields, in any order, with this collation; the one on `_id` exists
   * even where the collection does not.
   */
  findUniqueIndex(
    namespace: Namespace,
    fields: readonly string[],
    collation: Collation | undefined,
  ): MaybePromise<UniqueIndex | undefined>;
  /** The fields of a collection's geospatial indexes. */
  findGeoIndexes(namespace: Namespace): MaybePromise<readonly GeoIndex[]>;
}

/** What one run of a pipeline's stages has at hand. Each getMore of a cursor brings a new one. */
export interface Execution {
  readonly reader: CollectionReader;
  readonly writer: CollectionWriter;
  readonly server: ServerState;
  /** Bytes that one blocking stage may hold before it fails with QueryExceededMemoryLimitNoDiskUseAllowed. */
  readonly stageMemoryBytes: number;
  /** Throws Interrupted, MaxTimeMSExpired, … when the work should stop. Stages call it between batches. */
  checkInterrupt(): void;
  /**
   * Called between batches of long work: undefined while the current slice of time lasts, otherwise a promise that
   * resolves when other events of the process had their turn.
   */
  pause(): Promise<void> | undefined;
}

/** Slices of `limits.sliceMs` on a clock: the `pause` of an execution. */
export function slices(clock: Clock): () => Promise<void> | undefined {
  let startedMs = clock.monotonicMs();
  return () => {
    if (clock.monotonicMs() - startedMs < limits.sliceMs) return undefined;
    return yieldToEvents().then(() => {
      startedMs = clock.monotonicMs();
    });
  };
}

/** The stream without documents. */
export const emptySource: DocumentSource = { next: () => undefined };

/** Documents that go through the stages at once where their number is ours to choose. */
export const batchDocuments = 256;

/** A stream of documents that are there already, in batches. */
export function arraySource(documents: readonly BsonDocument[]): DocumentSource {
  let at = 0;
  return {
    next() {
      if (at >= documents.length) return undefined;
      const batch = documents.slice(at, at + batchDocuments);
      at += batchDocuments;
      return batch;
    },
  };
}
