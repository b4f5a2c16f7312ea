import { describe, expect, it } from 'vitest';
import { Timestamp } from '../bson/scalar.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { decodeToken, encodeToken, highWaterMark, type ResumeToken } from './resume-token.ts';

const at = (seconds: number, increment: number): Timestamp => new Timestamp({ t: seconds, i: increment });
const data = (token: ResumeToken): string => String(encodeToken(token).get('_data'));

/** Places in the order in which a stream comes to them. */
const inOrder: readonly ResumeToken[] = [
  highWaterMark(at(1, 1)),
  { kind: 'event', time: at(1, 1), index: 0 },
  { kind: 'event', time: at(1, 1), index: 0, fragment: 1 },
  { kind: 'event', time: at(1, 1), index: 0, isInvalidate: true },
  { kind: 'event', time: at(1, 1), index: 1 },
  { kind: 'event', time: at(1, 1), index: 63 },
  { kind: 'event', time: at(1, 1), index: 64 },
  { kind: 'event', time: at(1, 1), index: 127 },
  { kind: 'event', time: at(1, 1), index: 128 },
  { kind: 'event', time: at(1, 1), index: 70_000 },
  { kind: 'event', time: at(1, 1), index: 4_000_000_000 },
  highWaterMark(at(1, 2)),
  { kind: 'event', time: at(2, 0), index: 0 },
  highWaterMark(at(0xffff_ffff, 0xffff_ffff)),
];

describe('a resume token', () => {
  it('orders as text like the place that it stands for', () => {
    const texts = inOrder.map(data);
    expect([...texts].sort()).toEqual(texts);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each(inOrder.map((token) => [data(token), token] as const))('%s is read as it was made', (text, token) => {
    const read = decodeToken(text);
    expect(data(read)).toBe(text);
    expect(read).toMatchObject({ kind: token.kind, index: token.index });
    expect(read.isInvalidate).toBe(token.isInvalidate ?? false);
    expect(read.fragment).toBe(token.fragment);
  });

  it('is MongoDB’s own at a high water mark, in its second version', () => {
    expect(data(highWaterMark(at(0x635019a4, 1)))).toBe('82635019A4000000012B0429296E1404');
  });

  it.each(['82', '8264', '82635019A4000000012B04', 'FF', '82635019A4000000012B042C01002F6E1404'])(
    'refuses %s, which it never made',
    (text) => {
      let thrown: unknown;
      try {
        decodeToken(text);
      } catch (error) {
        thrown = error;
      }
      expect(isMongoError(thrown, 'FailedToParse')).toBe(true);
    },
  );
});
