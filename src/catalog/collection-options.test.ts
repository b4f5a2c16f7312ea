import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { Decimal128 } from '../bson/scalar.ts';
import { structure } from '../bson/structure.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { collectionFields, collectionOptions } from './collection-options.ts';
import { namespace } from './namespace.ts';

type Fields = { readonly [name: string]: Literal };

const parse = structure('create', collectionFields);
const nowMs = Date.UTC(2024, 0, 1);

function options(fields: Fields, database = 'test'): string {
  return printDocument(collectionOptions(parse(document(fields)), namespace(database, 'c'), nowMs).options);
}

function codeOf(fields: Fields, database?: string): string {
  try {
    options(fields, database);
    return 'none';
  } catch (thrown) {
    if (!isMongoError(thrown)) throw thrown;
    return thrown.codeName;
  }
}

describe('options of a collection', () => {
  it('leave out what goes without saying, so that the same collection can be asked for in several ways', () => {
    const nothing = {
      storageEngine: {},
      indexOptionDefaults: {},
      changeStreamPreAndPostImages: { enabled: false },
      collation: { locale: 'simple' },
      capped: false,
      clusteredIndex: false,
      validator: {},
    };
    expect(options(nothing)).toBe('{}');
  });

  it('round the size of a capped collection up to 256 bytes', () => {
    expect(options({ capped: 42, size: 1, max: 0 })).toBe('{ capped: true, size: 256 }');
    expect(options({ capped: true, size: Decimal128.fromString('4096.5'), max: 7 })).toBe(
      '{ capped: true, size: 4096, max: 7 }',
    );
  });

  it('go together or are refused', () => {
    expect(codeOf({ capped: true })).toBe('InvalidOptions');
    expect(codeOf({ size: 4096 })).toBe('InvalidOptions');
    expect(codeOf({ pipeline: [] })).toBe('InvalidOptions');
    expect(codeOf({ viewOn: 'a', validator: { a: 1 } })).toBe('InvalidOptions');
    expect(codeOf({ timeseries: { timeField: 't' }, validator: { a: 1 } })).toBe('InvalidOptions');
    expect(codeOf({ expireAfterSeconds: 5 })).toBe('InvalidOptions');
    const clusteredIndex = { key: { _id: 1 }, unique: true };
    expect(codeOf({ clusteredIndex, capped: true, size: 1 })).toBe('Location6049200');
    expect(codeOf({ clusteredIndex, viewOn: 'a' })).toBe('Location6026500');
  });

  it('complete the buckets of a time-series collection', () => {
    expect(options({ timeseries: { timeField: 't', granularity: 'hours' } })).toBe(
      '{ timeseries: { timeField: "t", granularity: "hours", bucketMaxSpanSeconds: 2592000 } }',
    );
    expect(options({ timeseries: { timeField: 't', bucketMaxSpanSeconds: 60, bucketRoundingSeconds: 60 } })).toBe(
      '{ timeseries: { timeField: "t", bucketRoundingSeconds: 60, bucketMaxSpanSeconds: 60 } }',
    );
    expect(codeOf({ timeseries: { timeField: 't', bucketMaxSpanSeconds: 60 } })).toBe('InvalidOptions');
    expect(codeOf({ timeseries: { timeField: 'a.b' } })).toBe('InvalidOptions');
    expect(codeOf({ timeseries: {} })).toBe('IDLFailedToParse');
  });

  it('do not let anything expire before 1970', () => {
    const timeseries = { timeField: 't' };
    expect(codeOf({ timeseries, expireAfterSeconds: nowMs / 1000 })).toBe('none');
    expect(codeOf({ timeseries, expireAfterSeconds: nowMs / 1000 + 1 })).toBe('InvalidOptions');
    expect(codeOf({ timeseries, expireAfterSeconds: -1 })).toBe('InvalidOptions');
  });

  it("have no validators in the server's own databases", () => {
    expect(codeOf({ validator: { a: 1 } })).toBe('none');
    expect(codeOf({ validator: { a: 1 } }, 'admin')).toBe('InvalidOptions');
    expect(codeOf({ validator: { $where: 'true' } })).toBe('BadValue');
  });

  it('pass over nulls between the stages of a view', () => {
    expect(options({ viewOn: 'a', pipeline: [null, { $match: {} }] })).toBe(
      '{ viewOn: "a", pipeline: [ { $match: {} } ] }',
    );
    expect(codeOf({ viewOn: 'a', pipeline: [1] })).toBe('TypeMismatch');
  });

  it('describe encrypted fields that can be', () => {
    const keyId = document({});
    expect(codeOf({ encryptedFields: { fields: [{ path: 'a', keyId }] } })).toBe('TypeMismatch');
    expect(codeOf({ encryptedFields: {} })).toBe('IDLFailedToParse');
  });
});
