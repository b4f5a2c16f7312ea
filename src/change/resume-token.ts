/**
 * Resume tokens: the place of an event, or of the gap behind all events that were seen (a high water mark), as a text
 * that orders like the events. Laid out as MongoDB's are, an ordered key in hexadecimal digits:
 *
 *   82 seconds increment | 2B04 version | 29 mark, 2C0100 event | place in its commit | 6E, 6F invalidate | fragment | 14 04
 *
 * What MongoDB appends to tell events of one place apart (collection and document) is not needed: places are unique here.
 */
import { document } from '../bson/literal.ts';
import { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ChangePosition } from './position.ts';

export interface ResumeToken extends ChangePosition {
  readonly kind: 'highWaterMark' | 'event';
  /** Of the invalidate event that follows the event at this place. */
  readonly isInvalidate?: boolean;
  /** Which part of an event that was split, from 0. */
  readonly fragment?: number | undefined;
}

const marks = {
  timestamp: '82',
  version: '2B04',
  zero: '29',
  event: '2C0100',
  false: '6E',
  true: '6F',
  null: '14',
  end: '04',
} as const;

/** The token as clients see it: `{ _data: '…' }`. */
export function encodeToken({ kind, time, index, isInvalidate, fragment }: ResumeToken): BsonDocument {
  const parts = [
    marks.timestamp,
    hex(time.high >>> 0, 8),
    hex(time.low >>> 0, 8),
    marks.version,
    kind === 'event' ? marks.event : marks.zero,
    encodeNumber(index),
    isInvalidate === true ? marks.true : marks.false,
    fragment === undefined ? '' : encodeNumber(fragment),
    marks.null,
    marks.end,
  ];
  return document({ _data: parts.join('') });
}

/** Reads `_data`. @throws MongoError FailedToParse for what this server has not made. */
export function decodeToken(data: string): ResumeToken {
  const rest = new TokenReader(data.toUpperCase());
  rest.expect(marks.timestamp);
  const time = new Timestamp({ t: rest.number(8), i: rest.number(8) });
  rest.expect(marks.version);
  const kind = rest.takes(marks.event) ? 'event' : 'highWaterMark';
  if (kind === 'highWaterMark') rest.expect(marks.zero);
  const index = rest.ordered();
  const isInvalidate = rest.takes(marks.true);
  if (!isInvalidate) rest.expect(marks.false);
  const fragment = rest.takes(marks.null) ? undefined : rest.ordered();
  if (fragment !== undefined) rest.expect(marks.null);
  rest.expect(marks.end);
  return { kind, time, index, isInvalidate, fragment };
}

/** The token behind everything before this time. */
export function highWaterMark(time: Timestamp): ResumeToken {
  return { kind: 'highWaterMark', time, index: 0 };
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** A whole number that orders: its length in bytes first, zero before all others. */
function encodeNumber(value: number): string {
  if (value === 0) return marks.zero;
  const doubled = hex(value * 2, 2);
  const digits = doubled.length % 2 === 0 ? doubled : `0${doubled}`;
  return hex(0x2a + digits.length / 2, 2) + digits;
}

class TokenReader {
  readonly #data: string;
  #at = 0;

  constructor(data: string) {
    this.#data = data;
  }

  takes(mark: string): boolean {
    if (!this.#data.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  expect(mark: string): void {
    if (!this.takes(mark)) throw this.#malformed();
  }

  number(digits: number): number {
    const text = this.#data.slice(this.#at, this.#at + digits);
    if (text.length < digits) throw this.#malformed();
    this.#at += digits;
    return Number.parseInt(text, 16);
  }

  ordered(): number {
    if (this.takes(marks.zero)) return 0;
    const bytes = this.number(2) - 0x2a;
    if (bytes < 1 || bytes > 5) throw this.#malformed();
    return Math.floor(this.number(bytes * 2) / 2);
  }

  #malformed(): MongoError {
    return new MongoError('FailedToParse', `The resume token '${this.#data}' was not made by this server`);
  }
}
