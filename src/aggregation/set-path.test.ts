import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printValue } from '../bson/print.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { setPath } from './set-path.ts';

const forms = {
  bytes: (fields: { readonly [name: string]: Literal }) =>
    BsonDocument.fromBytes(Buffer.from(encodeDocument(document(fields)))),
  fields: (fields: { readonly [name: string]: Literal }) => document(fields),
};

describe.each(Object.entries(forms))('a document held as %s', (_, make) => {
  const before = { _id: 1, größe: 2, inner: { x: 1 }, list: [1] };

  it('gets a value in the place of the old one, or behind the others', () => {
    expect(printValue(setPath(make(before), ['größe'], 'new'))).toBe(
      '{ _id: 1, größe: "new", inner: { x: 1 }, list: [ 1 ] }',
    );
    expect(printValue(setPath(make({ a: 1 }), ['b'], [2]))).toBe('{ a: 1, b: [ 2 ] }');
  });

  it('loses a field whose value is missing', () => {
    expect(printValue(setPath(make(before), ['inner'], undefined))).toBe('{ _id: 1, größe: 2, list: [ 1 ] }');
    expect(printValue(setPath(make(before), ['none'], undefined))).toBe(printValue(make(before)));
  });

  it('is made deeper where something else than a document is in the way', () => {
    expect(printValue(setPath(make(before), ['inner', 'y'], 2).get('inner'))).toBe('{ x: 1, y: 2 }');
    expect(printValue(setPath(make(before), ['list', '0'], 2).get('list'))).toBe('{ 0: 2 }');
    expect(printValue(setPath(make(before), ['list', '0'], undefined).get('list'))).toBe('[ 1 ]');
  });
});
