import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { parseIndexSpecification } from './index-specification.ts';

type Fields = { readonly [name: string]: Literal };

const parsed = (fields: Fields): string => printDocument(parseIndexSpecification(document(fields)));

function codeOf(fields: Fields, ignoresUnknown = false): string {
  try {
    parseIndexSpecification(document(fields), ignoresUnknown);
    return 'none';
  } catch (thrown) {
    if (!isMongoError(thrown)) throw thrown;
    return thrown.codeName;
  }
}

describe('a specification of an index', () => {
  it('is stored with its version, key and name first, and without what goes without saying', () => {
    expect(parsed({ name: 'a_1', key: { a: 1 }, unique: 1, sparse: false, hidden: false })).toBe(
      '{ v: 2, key: { a: 1 }, name: "a_1", unique: true }',
    );
  });

  it('is that on _id under its fixed name, and then has no options', () => {
    expect(parsed({ key: { _id: 1 }, name: 'mine' })).toBe('{ v: 2, key: { _id: 1 }, name: "_id_" }');
    expect(codeOf({ key: { _id: 1 }, name: 'x', unique: true })).toBe('InvalidIndexSpecificationOption');
    expect(codeOf({ key: { _id: -1 }, name: 'x' })).toBe('BadValue');
    expect(codeOf({ key: { a: 1 }, name: '_id_' })).toBe('BadValue');
  });

  it('needs a key and a name', () => {
    expect(codeOf({ name: 'a_1' })).toBe('FailedToParse');
    expect(codeOf({ key: { a: 1 } })).toBe('FailedToParse');
    expect(codeOf({ key: { a: 1 }, name: '' })).toBe('CannotCreateIndex');
    expect(codeOf({ key: { a: 1 }, name: '*' })).toBe('BadValue');
  });

  it('says in its errors which specification they are about', () => {
    expect(() => parseIndexSpecification(document({ key: { a: 0 }, name: 'a' }))).toThrow(
      'Error in specification { key: { a: 0 }, name: "a" } :: caused by :: Values in the index key pattern cannot be 0.',
    );
  });

  it('refuses options that it does not know, unless it is told to pass over them', () => {
    const fields = { key: { a: 1 }, name: 'a', color: 'red' };
    expect(codeOf(fields)).toBe('InvalidIndexSpecificationOption');
    expect(codeOf(fields, true)).toBe('none');
  });

  it('takes numbers for truth where MongoDB does, and only there', () => {
    expect(codeOf({ key: { a: 1 }, name: 'a', unique: 'yes' })).toBe('TypeMismatch');
    expect(codeOf({ key: { a: 1 }, name: 'a', hidden: 1 })).toBe('TypeMismatch');
    expect(codeOf({ key: { a: 1 }, name: 'a', sparse: null })).toBe('TypeMismatch');
  });

  it('keeps a time to expire as a whole number of seconds', () => {
    expect(parsed({ key: { a: 1 }, name: 'a', expireAfterSeconds: 3600n })).toContain('expireAfterSeconds: 3600 ');
    for (const expireAfterSeconds of [-1, Number.NaN, 2 ** 31]) {
      expect(codeOf({ key: { a: 1 }, name: 'a', expireAfterSeconds })).toBe('CannotCreateIndex');
    }
    expect(codeOf({ key: { a: 1, b: 1 }, name: 'a', expireAfterSeconds: 5 })).toBe('CannotCreateIndex');
  });

  it('stores a text index under the pattern of all text indexes, with a weight for each field', () => {
    expect(parsed({ key: { c: 1, b: 'text', a: 'text' }, name: 't', weights: { a: 5 } })).toBe(
      '{ v: 2, key: { c: 1, _fts: "text", _ftsx: 1 }, name: "t", weights: { a: 5, b: 1 }, default_language: "english", language_override: "language", textIndexVersion: 3 }',
    );
    expect(codeOf({ key: { a: 'text', b: 1, c: 'text' }, name: 't' })).toBe('CannotCreateIndex');
    expect(codeOf({ key: { a: 'text' }, name: 't', default_language: 'klingon' })).toBe('CannotCreateIndex');
  });

  it('knows where a wildcard can stand', () => {
    for (const key of [{ '$**': 1 }, { 'a.$**': -1 }, { '$**': 'text' }])
      expect(codeOf({ key, name: 'w' })).toBe('none');
    for (const key of [{ '$**.a': 1 }, { 'a.$**.b': 1 }, { '$**': 'hashed' }, { $a: 1 }]) {
      expect(codeOf({ key, name: 'w' })).toBe('CannotCreateIndex');
    }
    expect(codeOf({ key: { 'a.$id': 1 }, name: 'w' })).toBe('none');
    expect(codeOf({ key: { '$**': 1 }, name: 'w', unique: true })).toBe('CannotCreateIndex');
  });

  it('wants a wildcard projection that agrees with itself and with the key', () => {
    const wildcard = (wildcardProjection: Literal, key: Fields = { '$**': 1 }) =>
      codeOf({ key, name: 'w', wildcardProjection });
    expect(wildcard({ a: 1, b: true, _id: 0 })).toBe('none');
    expect(wildcard({ a: 1, b: 0 })).toBe('Location31254');
    expect(wildcard({ a: 0, b: 1 })).toBe('Location31253');
    expect(wildcard({ a: 1, 'a.b': 1 })).toBe('Location31249');
    expect(wildcard({ a: 'x' })).toBe('Location51271');
    expect(wildcard({})).toBe('FailedToParse');
    expect(wildcard({ a: 1 }, { 'a.$**': 1 })).toBe('FailedToParse');
    expect(wildcard({ a: 1 }, { a: 1 })).toBe('BadValue');
    expect(wildcard({ a: 0 }, { a: 1, '$**': 1 })).toBe('none');
    expect(wildcard({ b: 0 }, { a: 1, '$**': 1 })).toBe('Location7246209');
    expect(wildcard({ b: 1 }, { a: 1, '$**': 1 })).toBe('none');
  });

  it('has one field that is hashed, and does not promise that it is unique', () => {
    expect(codeOf({ key: { a: 'hashed', b: 1 }, name: 'h' })).toBe('none');
    expect(codeOf({ key: { a: 'hashed', b: 'hashed' }, name: 'h' })).toBe('Location31303');
    expect(codeOf({ key: { a: 'hashed' }, name: 'h', unique: true })).toBe('Location16764');
  });
});
