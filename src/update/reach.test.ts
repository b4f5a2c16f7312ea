import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { Timestamp } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { documentDelta } from '../change/delta.ts';
import { updateDescription } from '../change/update-description.ts';
import { parseUpdate } from './update.ts';

type Fields = { readonly [name: string]: Literal };

/** What change streams tell of an update: the description, or `replace`. */
function told(before: Fields, update: Fields | ((document: BsonDocument) => BsonDocument), isExpanded = false): string {
  const isPipeline = typeof update === 'function';
  const parsed = parseUpdate(isPipeline ? [] : document(update), {
    ...(isPipeline && { compilePipeline: () => update }),
  });
  const old = document(before);
  const after = parsed.apply(old, { now: new Date(0), timestamp: new Timestamp({ t: 1, i: 1 }), arrayPosition: 1 });
  const delta = documentDelta(encodeDocument(old), encodeDocument(after), parsed.reach);
  return delta === undefined ? 'replace' : printDocument(updateDescription(delta, isExpanded));
}

const nothing = { updatedFields: {}, removedFields: [], truncatedArrays: [] };

function description(parts: Fields): string {
  return printDocument(document({ ...nothing, ...parts }));
}

describe('the description of an update by operators', () => {
  it.each<[string, Fields, Fields, Fields]>([
    [
      'names fields that were set and removed',
      { a: 1, b: 2 },
      { $set: { a: 5 }, $unset: { b: 1 } },
      { updatedFields: { a: 5 }, removedFields: ['b'] },
    ],
    ['leaves out what was set to what it was', { a: 1, b: 2 }, { $set: { a: 1, b: 3 } }, { updatedFields: { b: 3 } }],
    [
      'tells a document that was set as a whole',
      { a: { b: 1, c: 2 } },
      { $set: { a: { b: 1, c: 3 } } },
      { updatedFields: { a: { b: 1, c: 3 } } },
    ],
    [
      'tells a path that was set by its dots',
      { a: { b: 1, c: 2 } },
      { $set: { 'a.c': 3 } },
      { updatedFields: { 'a.c': 3 } },
    ],
    [
      'tells a path that was made as the document that holds it',
      { a: 1 },
      { $set: { 'n.x': 5 } },
      { updatedFields: { n: { x: 5 } } },
    ],
    ['tells what was pushed by its index', { a: [1, 2] }, { $push: { a: 3 } }, { updatedFields: { 'a.2': 3 } }],
    [
      'tells what was added to a set by its index',
      { a: [1, 2] },
      { $addToSet: { a: { $each: [2, 4] } } },
      { updatedFields: { 'a.2': 4 } },
    ],
    [
      'tells an array that was arranged anew as a whole',
      { a: [1, 2] },
      { $push: { a: { $each: [0], $sort: 1 } } },
      { updatedFields: { a: [0, 1, 2] } },
    ],
    [
      'tells an array that was set as a whole, also where it only grew',
      { a: [1] },
      { $set: { a: [1, 2] } },
      { updatedFields: { a: [1, 2] } },
    ],
    [
      'tells an array that lost elements as a whole',
      { a: [1, 2, 3] },
      { $pull: { a: 2 } },
      { updatedFields: { a: [1, 3] } },
    ],
    ['tells elements by their place', { a: [1, 2, 3] }, { $set: { 'a.$': 9 } }, { updatedFields: { 'a.1': 9 } }],
    [
      'tells all elements that changed',
      { a: [{ n: 1 }, { n: 2 }] },
      { $inc: { 'a.$[].n': 1 } },
      { updatedFields: { 'a.0.n': 2, 'a.1.n': 3 } },
    ],
    [
      'tells an element that was unset as null',
      { a: [1, 2] },
      { $unset: { 'a.0': 1 } },
      { updatedFields: { 'a.0': null } },
    ],
    [
      'tells a renamed field as removed and set',
      { a: 1 },
      { $rename: { a: 'b' } },
      { updatedFields: { b: 1 }, removedFields: ['a'] },
    ],
  ])('%s', (_claim, before, update, expected) => {
    expect(told(before, update)).toBe(description(expected));
  });

  it('says how a path is to be read that could be read otherwise', () => {
    expect(told({ a: [{ 1: 1 }] }, { $set: { 'a.0.1': 2 } }, true)).toBe(
      description({ updatedFields: { 'a.0.1': 2 }, disambiguatedPaths: { 'a.0.1': ['a', 0, '1'] } }),
    );
    expect(told({ a: [1] }, { $push: { a: 2 } }, true)).toBe(
      description({ updatedFields: { 'a.1': 2 }, disambiguatedPaths: {} }),
    );
  });
});

describe('the description of an update that is a pipeline', () => {
  const padding = 'x'.repeat(80);
  const setting =
    (fields: Fields) =>
    (before: BsonDocument): BsonDocument => {
      const after = before.toFields();
      for (const [name, value] of document(fields).entries()) after.set(name, value as Value);
      return BsonDocument.fromFields(after);
    };

  it.each<[string, Fields, Fields, Fields]>([
    [
      'names what became different',
      { padding, a: { b: 1, c: 'long enough to count' } },
      { a: { b: 2, c: 'long enough to count' } },
      { updatedFields: { 'a.b': 2 } },
    ],
    [
      'tells a cut array by its length',
      { padding, a: [1, 2, 3, 4, 5, 6] },
      { a: [1, 2, 3, 4] },
      { truncatedArrays: [{ field: 'a', newSize: 4 }] },
    ],
    [
      'tells a value as a whole that is shorter than its difference',
      { padding, a: { b: 1 } },
      { a: { c: 2 } },
      { updatedFields: { a: { c: 2 } } },
    ],
  ])('%s', (_claim, before, fields, expected) => {
    expect(told(before, setting(fields))).toBe(description(expected));
  });

  it('is a replacement where the document is shorter than what became of it', () => {
    expect(told({ _id: 1, a: 1 }, setting({ a: 2 }))).toBe('replace');
  });
});

describe('a replacement', () => {
  it('is told as one', () => {
    expect(told({ a: 1, padding: 'x'.repeat(99) }, { a: 2 })).toBe('replace');
  });
});
