import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { Timestamp } from '../bson/scalar.ts';
import { encodeDocument } from '../bson/write.ts';
import { fillEmptyTimestamps, hasEmptyTimestamps } from './empty-timestamp.ts';

const empty = new Timestamp({ t: 0, i: 0 });
const now = new Timestamp({ t: 1700000000, i: 3 });

describe('an empty timestamp', () => {
  it('stands for the time of the write in a field of the document itself', () => {
    const given = document({ _id: empty, a: empty, b: new Timestamp({ t: 0, i: 1 }), inner: { c: empty } });
    expect(hasEmptyTimestamps(encodeDocument(given))).toBe(true);
    expect(fillEmptyTimestamps(given, now)).toEqual(
      document({ _id: empty, a: now, b: new Timestamp({ t: 0, i: 1 }), inner: { c: empty } }),
    );
  });

  it('is not looked for in vain: other documents have none', () => {
    expect(hasEmptyTimestamps(encodeDocument(document({ a: 17, b: '\u0011', c: { d: empty } })))).toBe(false);
  });
});
