import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { Double } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { BsonWriter, encodeDocument } from '../bson/write.ts';
import type { Reply } from '../command/command.ts';
import { InvariantViolation } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isOurBug, shownError, writeError, writeReply } from './reply.ts';

function written(write: (writer: BsonWriter) => void): Buffer {
  const writer = new BsonWriter();
  write(writer);
  return Buffer.from(writer.view());
}

describe('a reply', () => {
  const fields: Reply = { n: 1, list: [{ a: [] }, 'x', undefined], absent: undefined, inner: { deep: { deeper: 2n } } };
  const expected = encodeDocument(
    document({ n: 1, list: [{ a: [] }, 'x', null], inner: { deep: { deeper: 2n } }, ok: new Double(1), more: true }),
  );

  it('is the fields of the command, ok and what the gate adds, without those that are undefined', () => {
    expect(written((writer) => writeReply(writer, fields, { more: true, labels: undefined }))).toEqual(expected);
  });

  it('is the same from a document of bytes or of fields', () => {
    const reply = document({ a: 1, b: { c: [1, 2] } });
    const whole = encodeDocument(document({ a: 1, b: { c: [1, 2] }, ok: new Double(1) }));
    expect(written((writer) => writeReply(writer, reply, {}))).toEqual(whole);
    const bytes = BsonDocument.fromBytes(encodeDocument(reply));
    expect(written((writer) => writeReply(writer, bytes, {}))).toEqual(whole);
  });

  it('copies stored documents as they are', () => {
    const stored = BsonDocument.fromBytes(encodeDocument(document({ _id: 1, text: 'x'.repeat(100) })));
    const reply = written((writer) => writeReply(writer, { cursor: { id: 0n, firstBatch: [stored, stored] } }, {}));
    expect(reply.indexOf(encodeDocument(stored))).toBeGreaterThan(0);
  });
});

describe('an error', () => {
  it('shows code, name, text, its own fields and what the gate adds', () => {
    const error = new MongoError('DuplicateKey', 'twice', { reply: { keyValue: { a: 1 } } });
    const reply = written((writer) => writeError(writer, error, { errorLabels: ['Label'] }));
    expect(reply).toEqual(
      encodeDocument(
        document({
          ok: new Double(0),
          errmsg: 'twice',
          code: 11000,
          codeName: 'DuplicateKey',
          keyValue: { a: 1 },
          errorLabels: ['Label'],
        }),
      ),
    );
  });

  it('that is no MongoError is our own bug and hides its text', () => {
    const thrown = new InvariantViolation('secret');
    expect(isOurBug(thrown)).toBe(true);
    expect(shownError(thrown)).toMatchObject({ codeName: 'InternalError' });
    expect(shownError(thrown).message).not.toContain('secret');
    expect(isOurBug(new MongoError('BadValue', ''))).toBe(false);
  });
});
