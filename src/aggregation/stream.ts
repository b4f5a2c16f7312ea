/** Streams over streams: what stages are built from, so that none of them handles promises of its own. */
import type { BsonDocument } from '../bson/value.ts';
import { bytesPerStep } from '../clock/work-watch.ts';
import type { Scope } from '../expression/expression.ts';
import type { MaybePromise } from '../storage/engine.ts';
import { keepMetadata } from './metadata.ts';
import { batchDocuments, type DocumentSource, type Execution } from './source.ts';

type Batch = readonly BsonDocument[];

/** A stream in which each batch is replaced by what `transform` makes of it. */
export function mapBatches(
  input: DocumentSource,
  transform: (batch: Batch, execution: Execution) => Batch,
): DocumentSource {
  return {
    next(execution) {
      const batch = input.next(execution);
      if (batch instanceof Promise) {
        return batch.then((documents) => (documents === undefined ? undefined : transform(documents, execution)));
      }
      return batch === undefined ? undefined : transform(batch, execution);
    },
  };
}

/** What it counts to make a document, or to go through one. */
export function stepsOf(document: BsonDocument): number {
  const bytes = document.encoded;
  return 1 + (bytes === undefined ? document.size() : Math.trunc(bytes.length / bytesPerStep));
}

/** A stream in which each document is replaced by another one. */
export function mapDocuments(
  input: DocumentSource,
  scope: Scope,
  transform: (document: BsonDocument) => BsonDocument,
): DocumentSource {
  return eachDocument(input, scope, (document) => keepMetadata(document, transform(document)));
}

/**
 * A stream in which each document is replaced by another one, or by none. What it does is counted on the scope: where a
 * few documents take a whole slice of time, a batch ends behind them, so that others get their turn before the next.
 */
export function eachDocument(
  input: DocumentSource,
  { environment: { watch } }: Scope,
  transform: (document: BsonDocument, execution: Execution) => BsonDocument | undefined,
): DocumentSource {
  let batch: Batch = [];
  let at = 0;
  const go = (execution: Execution): Batch => {
    const output: BsonDocument[] = [];
    while (at < batch.length) {
      const document = transform(batch[at++] as BsonDocument, execution);
      if (document !== undefined) output.push(document);
      if (document !== undefined) watch?.step(stepsOf(document));
      if (watch?.isSliceOver === true) break;
    }
    return output;
  };
  const take = (next: Batch | undefined, execution: Execution): Batch | undefined => {
    if (next === undefined) return undefined;
    batch = next;
    at = 0;
    return go(execution);
  };
  return {
    next(execution) {
      if (at < batch.length) return go(execution);
      const next = input.next(execution);
      return next instanceof Promise ? next.then((documents) => take(documents, execution)) : take(next, execution);
    },
  };
}

/** Reads a stream to its end, with pauses, handing over each batch. */
export function drain(input: DocumentSource, execution: Execution, take: (batch: Batch) => void): MaybePromise<void> {
  for (;;) {
    const batch = input.next(execution);
    if (batch instanceof Promise) return drainSlowly(input, execution, take, batch);
    if (batch === undefined) return;
    take(batch);
    execution.checkInterrupt();
    const pause = execution.pause();
    if (pause !== undefined) return pause.then(() => drain(input, execution, take));
  }
}

async function drainSlowly(
  input: DocumentSource,
  execution: Execution,
  take: (batch: Batch) => void,
  first: Promise<Batch | undefined>,
): Promise<void> {
  for (let batch = await first; batch !== undefined; batch = await input.next(execution)) {
    take(batch);
    execution.checkInterrupt();
    const pause = execution.pause();
    if (pause !== undefined) await pause;
  }
}

/** All documents of a stream. */
export function readAll(input: DocumentSource, execution: Execution): MaybePromise<BsonDocument[]> {
  const documents: BsonDocument[] = [];
  const done = drain(input, execution, (batch) => {
    for (const document of batch) documents.push(document);
  });
  return done instanceof Promise ? done.then(() => documents) : documents;
}

/**
 * A stream that reads all of its input before it gives anything: `collect` takes batches, `finish` is asked once for the
 * documents that come out, which are then handed on in batches.
 */
export function blocking(
  input: DocumentSource,
  collect: (batch: Batch, execution: Execution) => void,
  finish: (execution: Execution) => Iterable<BsonDocument>,
): DocumentSource {
  let output: Iterator<BsonDocument> | undefined;
  const nextBatch = (execution: Execution): Batch | undefined => {
    output ??= finish(execution)[Symbol.iterator]();
    const batch: BsonDocument[] = [];
    while (batch.length < batchDocuments) {
      const { done, value } = output.next();
      if (done === true) break;
      batch.push(value);
    }
    return batch.length === 0 ? undefined : batch;
  };
  return {
    next(execution) {
      if (output !== undefined) return nextBatch(execution);
      const collected = drain(input, execution, (batch) => collect(batch, execution));
      return collected instanceof Promise ? collected.then(() => nextBatch(execution)) : nextBatch(execution);
    },
  };
}

/** A stream that an asynchronous generator of batches makes; for stages that read other collections. */
export function generated(make: (current: () => Execution) => AsyncGenerator<Batch, void>): DocumentSource {
  let execution: Execution | undefined;
  let generator: AsyncGenerator<Batch, void> | undefined;
  return {
    async next(current) {
      execution = current;
      generator ??= make(() => execution ?? current);
      const { done, value } = await generator.next();
      return done === true ? undefined : value;
    },
  };
}

/** A stream in which each document is replaced by any number of documents; taken from `expand` only as they are needed. */
export function flatten(
  input: DocumentSource,
  { environment: { watch } }: Scope,
  expand: (document: BsonDocument) => Iterable<BsonDocument>,
): DocumentSource {
  let batch: Batch = [];
  let at = 0;
  let current: Iterator<BsonDocument> | undefined;
  const fill = (): Batch => {
    const output: BsonDocument[] = [];
    while (output.length < batchDocuments) {
      if (current === undefined) {
        const document = batch[at++];
        if (document === undefined) break;
        current = expand(document)[Symbol.iterator]();
      }
      const { done, value } = current.next();
      if (done === true) {
        current = undefined;
        continue;
      }
      output.push(value);
      watch?.step(stepsOf(value));
      if (watch?.isSliceOver === true) break;
    }
    return output;
  };
  const take = (next: Batch | undefined): Batch | undefined => {
    if (next === undefined) return undefined;
    batch = next;
    at = 0;
    return fill();
  };
  return {
    next(execution) {
      if (current !== undefined || at < batch.length) return fill();
      const next = input.next(execution);
      return next instanceof Promise ? next.then(take) : take(next);
    },
  };
}
