import { describe, expect, it } from 'vitest';
import { document } from '../../bson/literal.ts';
import { Binary } from '../../bson/scalar.ts';
import { encodeDocument } from '../../bson/write.ts';
import { abridgedCommand } from './abridged-command.ts';

const mebibyte = 1024 * 1024;

describe('a command in the profile', () => {
  it('is kept whole up to 50 KiB', () => {
    const body = document({ find: 'c', filter: { text: 'x'.repeat(50 * 1024 - 60) }, comment: 'why' });
    expect(abridgedCommand(body)).toBe(body);
  });

  it('is a text of its beginning beyond that, with its comment', () => {
    const body = document({ insert: 'c', documents: [{ _id: 1, text: 'x'.repeat(mebibyte) }], comment: { why: 1 } });
    const abridged = abridgedCommand(body);
    expect([...abridged.toFields().keys()]).toEqual(['$truncated', 'comment']);
    expect(abridged.get('$truncated')).toMatch(/^\{ insert: "c", documents: \[ \{ _id: 1, text: "x{51000,}\.\.\.$/);
    expect(abridged.get('comment')).toEqual(document({ why: 1 }));
  });

  it.each([
    ['a comment', { ping: 1, comment: 'x'.repeat(17 * mebibyte) }],
    ['bytes', { insert: 'c', documents: [{ bytes: new Binary(Buffer.alloc(mebibyte)) }] }],
    ['many documents', { insert: 'c', documents: Array.from({ length: 50_000 }, (_, _id) => ({ _id })) }],
    [
      'many fields',
      { insert: 'c', ...Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`field${at}`, at])) },
    ],
  ])('is never much longer, however long it is by %s', (_what, fields) => {
    const abridged = encodeDocument(abridgedCommand(document(fields)));
    expect(abridged.length).toBeLessThan(102 * 1024);
  });
});
