/**
 * A change stream as a cursor: each getMore reads on from where the last one ended and, where there is nothing, waits for
 * the next commit. Between two getMores it holds nothing but its place.
 */

import type { ChangeScope } from '../../aggregation/change-scope.ts';
import { ChangeSource } from '../../aggregation/change-source.ts';
import type { ChangeStreamArgument } from '../../aggregation/change-stream-argument.ts';
import type { DocumentSource, Execution } from '../../aggregation/source.ts';
import type { Pipeline } from '../../aggregation/stage.ts';
import { printValue } from '../../bson/print.ts';
import { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { highWaterMark, type ResumeToken } from '../../change/resume-token.ts';
import type { WorkWatch } from '../../clock/work-watch.ts';
import { type Batch, BatchBuilder, type ResultStream } from '../../cursor/stream.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { limits } from '../../limits.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { executionOf } from './aggregate-stream.ts';
import { Alarm } from './alarm.ts';
import { OperationChangeReader } from './change-reader.ts';
import { labelledFailure } from './change-stream-failure.ts';
import { splitEvent } from './split-event.ts';

/** How long a getMore waits where it names no maxTimeMS. */
const defaultAwaitMs = 1000;

/** How often a getMore looks for what other processes have committed, in milliseconds. */
const pollMs = 100;

/** No cluster time that this server handed out is earlier; such a start asks for whatever there is. Seconds since 1970. */
const earliestSeconds = 1_577_836_800;

export interface ChangeStreamOptions {
  readonly argument: ChangeStreamArgument;
  readonly scope: ChangeScope;
  /** What stands behind $changeStream. */
  readonly pipeline: Pipeline;
}

/** Begins to keep changes where nobody did so far, and opens a stream at the place that its argument names. */
export async function openChangeStream(
  services: Services,
  operation: Operation,
  options: ChangeStreamOptions,
): Promise<ChangeStream> {
  checkOpening(services, operation, options.scope);
  const { changes } = services;
  await changes.start();
  const start = await startOf(services, operation, options.argument);
  return new ChangeStream(services, options, start);
}

/** Throws for what cannot be watched, or not so. */
function checkOpening({ sessions, catalog }: Services, { readConcern }: Operation, scope: ChangeScope): void {
  if (sessions.parts.options.face === 'standalone') {
    throw new MongoError('Location40573', 'The $changeStream stage is only supported on replica sets');
  }
  if (readConcern.isExplicit && readConcern.level !== 'majority') {
    throw new MongoError(
      'InvalidOptions',
      `$changeStream cannot run with a readConcern other than 'majority'. Current readConcern: ${readConcern.level}`,
    );
  }
  if (scope.kind !== 'collection') return;
  const entry = catalog.find(undefined, scope.database, scope.collection);
  if (entry?.kind === 'view' || entry?.isTimeseries === true) {
    const full = `${scope.database}.${scope.collection}`;
    const kind = entry.kind === 'view' ? 'view' : 'time-series collection';
    throw new MongoError('CommandNotSupportedOnView', `Namespace ${full} is a ${kind}, not a collection`);
  }
}

async function startOf(
  { changes }: Services,
  operation: Operation,
  { resumeToken, startAtOperationTime }: ChangeStreamArgument,
): Promise<ResumeToken> {
  if (resumeToken !== undefined) return resumeToken;
  if (startAtOperationTime === undefined) return highWaterMark(changes.bound());
  if (startAtOperationTime.high >>> 0 >= earliestSeconds) return highWaterMark(startAtOperationTime);
  return highWaterMark(await operation.read((transaction) => changes.historyStart(transaction)));
}

export class ChangeStream implements ResultStream {
  readonly #services: Services;
  readonly #changes: ChangeSource;
  readonly #events: DocumentSource;
  readonly #watch: WorkWatch | undefined;
  readonly #splits: boolean;
  /** Skips the fragments of a split event up to this one, which the client has seen. */
  #seenFragment: number | undefined;
  #left: readonly BsonDocument[] = [];
  /** What is wrong with the event behind those that are left. */
  #failure: unknown = undefined;
  /** Where a client goes on behind the last batch. */
  #token: BsonDocument;

  constructor(services: Services, { argument, scope, pipeline }: ChangeStreamOptions, start: ResumeToken) {
    this.#services = services;
    this.#changes = new ChangeSource(argument, scope, start);
    this.#events = pipeline.open(this.#changes);
    this.#watch = pipeline.scope.environment.watch;
    this.#splits = pipeline.stages.some(({ name }) => name === '$changeStreamSplitLargeEvent');
    this.#seenFragment = start.fragment;
    this.#token = this.#changes.token;
  }

  /** The batch of the aggregate itself, which never waits. */
  async first(operation: Operation, count: number): Promise<Batch> {
    try {
      return await this.#read(operation, count);
    } catch (thrown) {
      throw this.tellFailure(thrown);
    }
  }

  tellFailure(thrown: unknown): unknown {
    return labelledFailure(thrown);
  }

  async next(operation: Operation, count: number): Promise<Batch> {
    const waitMs = operation.maxTimeMs === 0 ? defaultAwaitMs : operation.maxTimeMs;
    operation.ignoreDeadline();
    const alarm = new Alarm();
    const stop = this.#setAlarm(alarm, operation);
    // Not by comparing times: a timer may be a little early, and would not come again.
    let isTimeUp = false;
    const timer = this.#services.clock.after(waitMs, () => {
      isTimeUp = true;
      alarm.ring();
    });
    try {
      for (;;) {
        const batch = await this.#read(operation, count);
        if (batch.documents.length > 0 || batch.isLast || isTimeUp) return batch;
        await alarm.rings();
        operation.checkInterrupt();
      }
    } finally {
      timer.cancel();
      stop();
    }
  }

  /** Has the alarm ring at each commit and when the operation has to end. */
  #setAlarm(alarm: Alarm, operation: Operation): () => void {
    const { clock, changes, engine } = this.#services;
    const ring = (): void => alarm.ring();
    const poll = engine.capabilities.sharedBetweenNodes ? clock.every(pollMs, ring) : undefined;
    const stopListening = changes.onCommit(ring);
    operation.whenInterrupted().then(ring);
    return () => {
      stopListening();
      poll?.cancel();
    };
  }

  close(): void {
    this.#left = [];
  }

  async #read(operation: Operation, count: number): Promise<Batch> {
    const { changes, sessions } = this.#services;
    changes.touch();
    this.#watch?.follow(operation);
    // Before the snapshot: all that lies before the bound is then in it.
    const bound = changes.bound();
    const batch = await operation.read((transaction) => {
      this.#changes.readFrom(new OperationChangeReader(this.#services, transaction, bound));
      return this.#fill(executionOf(this.#services, operation, transaction), count);
    });
    // Events are told of what a majority has; here, of what is on disk.
    await sessions.parts.commits.whenOnDisk();
    return batch;
  }

  async #fill(execution: Execution, count: number): Promise<Batch> {
    const batch = new BatchBuilder(count);
    for (;;) {
      let at = 0;
      for (; at < this.#left.length; at++) {
        const event = this.#left[at] as BsonDocument;
        const sizeBytes = encodeDocument(event).length;
        if (!batch.hasRoomFor(sizeBytes)) break;
        batch.add(event, sizeBytes);
      }
      const last = this.#left[at - 1]?.get('_id');
      this.#left = this.#left.slice(at);
      if (this.#left.length > 0 || this.#failure !== undefined) {
        if (last instanceof BsonDocument) this.#token = last;
        if (batch.documents.length === 0 && this.#left.length === 0) throw this.#failure;
        return this.#batch(batch, false);
      }
      this.#token = this.#changes.token;
      if (batch.isFull || this.#changes.isCaughtUp) return this.#batch(batch, false);
      execution.checkInterrupt();
      await execution.pause();
      const events = await this.#events.next(execution);
      if (events === undefined) return this.#batch(batch, true);
      this.#left = this.#showAll(events);
    }
  }

  #batch({ documents }: BatchBuilder, isLast: boolean): Batch {
    return { documents, isLast, postBatchResumeToken: this.#token };
  }

  /** Events as they go to the client, up to the first one that cannot. */
  #showAll(events: readonly BsonDocument[]): BsonDocument[] {
    const shown: BsonDocument[] = [];
    for (const event of events) {
      try {
        shown.push(...this.#shown(event));
      } catch (thrown) {
        this.#failure = thrown;
        break;
      }
    }
    return shown;
  }

  /** What of an event goes to the client: it, or its parts. Throws where the pipeline took its token away. */
  #shown(event: BsonDocument): readonly BsonDocument[] {
    const id = event.get('_id');
    if (!this.#changes.hasGiven(id)) {
      throw new MongoError(
        'ChangeStreamFatalError',
        `The pipeline changed the _id of an event, which is its resume token; only stages that keep it are allowed. Found: ${printValue(id)}`,
      );
    }
    const seen = this.#seenFragment;
    this.#seenFragment = undefined;
    if (!this.#splits) {
      if (seen === undefined) return [checkedSize(event)];
      throw new MongoError(
        'ChangeStreamFatalError',
        'The resume token is of a part of an event: $changeStreamSplitLargeEvent is needed to go on behind it',
      );
    }
    return splitEvent(event, id).slice(seen === undefined ? 0 : seen + 1);
  }
}

/** @throws MongoError BSONObjectTooLarge for an event that no reply can hold. */
function checkedSize(event: BsonDocument): BsonDocument {
  const sizeBytes = encodeDocument(event).length;
  if (sizeBytes <= limits.internalDocumentSizeBytes) return event;
  throw new MongoError(
    'BSONObjectTooLarge',
    `BSONObj size: ${sizeBytes} is invalid. Size must be between 0 and ${limits.internalDocumentSizeBytes}`,
  );
}
