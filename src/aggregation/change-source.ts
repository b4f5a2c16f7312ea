/**
 * The events of a change stream, read on from a place in the history each time they are asked for.
 *
 *   places   ──┬───────┬───────────┬────────┬──────────► bound
 *              │       └ of others └ next   └ …
 *              └ the last one read, or the one to resume behind
 *
 * A token of an event has to be met again before anything behind it is told: where the stream would not tell of that
 * event (another collection's, or one that only expanded streams show), there is no place to go on from.
 */
import { BsonDocument, type Value } from '../bson/value.ts';
import { type ChangePosition, comparePositions, compareTimes } from '../change/position.ts';
import type { ChangeRecord } from '../change/record.ts';
import { encodeToken, highWaterMark, type ResumeToken } from '../change/resume-token.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { changeEvent, invalidateEvent } from './change-event.ts';
import type { ChangeReader } from './change-reader.ts';
import { type ChangeScope, invalidates, isTold } from './change-scope.ts';
import type { ChangeStreamArgument } from './change-stream-argument.ts';
import type { DocumentSource } from './source.ts';

export class ChangeSource implements DocumentSource {
  readonly #argument: ChangeStreamArgument;
  readonly #scope: ChangeScope;
  #reader: ChangeReader | undefined = undefined;
  /** The first place that was not read. */
  #next: ChangePosition;
  /** The event to be met before any other. */
  #awaited: ResumeToken | undefined;
  #token: ResumeToken;
  /** Tokens of the events of the last batch. */
  #given = new Set<string>();
  #isCaughtUp = false;
  #isOver = false;

  /** Begins at a place: behind the event that a token names, or at the first one of a time. */
  constructor(argument: ChangeStreamArgument, scope: ChangeScope, start: ResumeToken) {
    this.#argument = argument;
    this.#scope = scope;
    this.#token = start;
    const isEvent = start.kind === 'event';
    this.#next = { time: start.time, index: isEvent && start.isInvalidate ? start.index + 1 : start.index };
    this.#awaited = isEvent && start.isInvalidate !== true ? start : undefined;
  }

  /** Where a client goes on that has seen all events given out so far. */
  get token(): BsonDocument {
    return encodeToken(this.#token);
  }

  /** Whether the last batch went to the end of what can be read. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** Whether this is, unchanged, the token of an event of the last batch. */
  hasGiven(id: Value | undefined): id is BsonDocument {
    if (!(id instanceof BsonDocument) || id.size() !== 1) return false;
    const data = id.get('_data');
    return typeof data === 'string' && this.#given.has(data);
  }

  /** From now on the stream reads here: what comes with the operation that asks for events. */
  readFrom(reader: ChangeReader): void {
    this.#reader = reader;
    this.#isCaughtUp = false;
  }

  async next(): Promise<BsonDocument[] | undefined> {
    const events = await this.#read();
    this.#given = new Set(events?.map((event) => tokenData(event)));
    return events;
  }

  async #read(): Promise<BsonDocument[] | undefined> {
    const reader = this.#reader;
    invariant(reader !== undefined, 'a change stream reads somewhere');
    if (this.#isOver) return undefined;
    const { records, readUpTo } = await reader.read(this.#next);
    const events: BsonDocument[] = [];
    for (const record of records) {
      if (!isTold(record, this.#scope, this.#argument.showExpandedEvents)) {
        this.#next = behind(record);
        continue;
      }
      if (!this.#isAwaited(record)) {
        const event = await this.#eventOf(record, reader, events.length === 0);
        if (event === undefined) return events;
        events.push(event);
        this.#token = { kind: 'event', ...record.position };
      }
      this.#next = behind(record);
      if (!invalidates(record, this.#scope)) continue;
      events.push(invalidateEvent(record));
      this.#token = { kind: 'event', ...record.position, isInvalidate: true };
      this.#isOver = true;
      return events;
    }
    if (readUpTo !== undefined) {
      this.#isCaughtUp = true;
      const reached = highWaterMark(readUpTo);
      if (comparePositions(reached, this.#next) >= 0) this.#next = reached;
      if (this.#awaited === undefined && compareTimes(reached.time, this.#token.time) > 0) this.#token = reached;
    }
    return events;
  }

  /** The event of a change; undefined where there is none and others are to be told before that is said. */
  async #eventOf(record: ChangeRecord, reader: ChangeReader, isFirst: boolean): Promise<BsonDocument | undefined> {
    try {
      return await changeEvent(record, this.#argument, reader);
    } catch (thrown) {
      if (isFirst || !(thrown instanceof MongoError)) throw thrown;
      return undefined;
    }
  }

  /**
   * Whether this is the event to resume behind; one of which only parts were seen is told again.
   * Throws ChangeStreamFatalError where another one comes first.
   */
  #isAwaited({ position }: ChangeRecord): boolean {
    if (this.#awaited === undefined) return false;
    if (comparePositions(position, this.#awaited) === 0) {
      const isWhole = this.#awaited.fragment === undefined;
      this.#awaited = undefined;
      return isWhole;
    }
    throw new MongoError(
      'ChangeStreamFatalError',
      `cannot resume stream; the resume token was not found. ${encodeToken(this.#awaited).get('_data')}`,
    );
  }
}

/** The place behind a change. */
function behind({ position: { time, index } }: ChangeRecord): ChangePosition {
  return { time, index: index + 1 };
}

function tokenData(event: BsonDocument): string {
  const id = event.get('_id');
  const data = id instanceof BsonDocument ? id.get('_data') : undefined;
  invariant(typeof data === 'string', 'an event has a token');
  return data;
}
