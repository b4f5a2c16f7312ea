import { Decimal128, Int32, Long, ObjectId, Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { BadTest, Mismatch } from './failure.ts';
import { asWireDocument, type MatchScope, matchRoot, matchRootList } from './match.ts';

const id = new ObjectId();
const lsid = { id: new ObjectId() };

const scope: MatchScope = {
  value: (name) => {
    if (name === 'id0') return id;
    throw new BadTest(`there is no entity "${name}"`);
  },
  lsid: () => lsid,
  extraFields: ['command.writeConcern.wtimeout', 'results.*.extra'],
};

function matches(expected: unknown, actual: unknown): boolean {
  try {
    matchRoot(expected, actual, scope, 'it');
    return true;
  } catch (error) {
    if (error instanceof Mismatch) return false;
    throw error;
  }
}

/** What is claimed, expected, a value that matches, a value with a planted difference. */
const rows: [string, unknown, unknown, unknown][] = [
  ['numbers match across types', { n: 1 }, { n: Long.fromNumber(1) }, { n: 1.5 }],
  ['a decimal is no such number', { n: Decimal128.fromString('1') }, { n: Decimal128.fromString('1') }, { n: 1 }],
  ['a root may have further keys', { x: 1 }, { x: 1, y: 1 }, { y: 1 }],
  ['a nested document may not', { x: { y: 1 } }, { x: { y: 1 } }, { x: { y: 1, z: 1 } }],
  ['key order does not matter', { x: 1, y: 2 }, { y: 2, x: 1 }, { y: 1, x: 2 }],
  ['arrays have the same length', { l: [1, 2] }, { l: [1, 2] }, { l: [1, 2, 3] }],
  ['documents in arrays are nested', { l: [{ x: 1 }] }, { l: [{ x: 1 }] }, { l: [{ x: 1, y: 1 }] }],
  ['null is not nothing', { x: null }, { x: null }, {}],
  ['a string is no number', { x: '1' }, { x: '1' }, { x: 1 }],
  ['an object id is its bytes', { x: id }, { x: new ObjectId(id.toHexString()) }, { x: new ObjectId() }],
  ['$$exists true', { x: { $$exists: true } }, { x: null }, {}],
  ['$$exists false', { x: { $$exists: false } }, {}, { x: null }],
  ['$$type', { x: { $$type: ['int', 'string'] } }, { x: new Int32(1) }, { x: true }],
  ['$$type of nothing', { x: { $$type: 'null' } }, { x: null }, {}],
  ['$$type number', { x: { $$type: 'number' } }, { x: Decimal128.fromString('1') }, { x: '1' }],
  ['$$type timestamp', { x: { $$type: 'timestamp' } }, { x: Timestamp.fromBits(1, 2) }, { x: Long.fromNumber(1) }],
  ['$$unsetOrMatches of a value', { x: { $$unsetOrMatches: 1 } }, { x: 1 }, { x: 2 }],
  ['$$unsetOrMatches of nothing', { x: { $$unsetOrMatches: 1 } }, {}, { x: null }],
  ['$$unsetOrMatches of a root', { $$unsetOrMatches: { x: 1 } }, { x: 1, y: 1 }, { x: 2 }],
  ['$$matchesEntity', { x: { $$matchesEntity: 'id0' } }, { x: id }, { x: new ObjectId() }],
  ['$$matchesHexBytes', { $$matchesHexBytes: '12AB' }, Buffer.of(0x12, 0xab), Buffer.of(0x12, 0xab, 0)],
  ['$$matchesHexBytes of none', { $$matchesHexBytes: '' }, Buffer.of(), Buffer.of(1)],
  ['$$sessionLsid', { lsid: { $$sessionLsid: 's' } }, { lsid }, { lsid: { id: new ObjectId() } }],
  ['$$lte', { x: { $$lte: 5 } }, { x: Long.fromNumber(5) }, { x: 6 }],
  ['$$matchAsDocument', { x: { $$matchAsDocument: { y: 1 } } }, { x: '{"y": 1}' }, { x: '{"y": 1, "z": 1}' }],
  ['$$matchAsRoot', { x: { $$matchAsRoot: { y: 1 } } }, { x: { y: 1, z: 1 } }, { x: { z: 1 } }],
  ['both', { x: { $$matchAsDocument: { $$matchAsRoot: { y: 1 } } } }, { x: '{"y":1,"z":1}' }, { x: '{"z":1}' }],
];

describe('a match', () => {
  it.each(rows)('%s', (_, expected, good, bad) => {
    expect(matches(expected, good)).toBe(true);
    expect(matches(expected, bad)).toBe(false);
  });

  it('takes each element of a list of documents for a root', () => {
    matchRootList([{ x: 1 }], [{ x: 1, y: 1 }], scope, 'it');
    expect(() => matchRootList([{ x: 1 }], [{ x: 1 }, { x: 2 }], scope, 'it')).toThrow(Mismatch);
  });

  it('names the place of the difference', () => {
    expect(() => matchRoot({ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, scope, 'it')).toThrow(
      'it.a[0].b: 1 was expected, but found 2',
    );
  });

  it('tolerates what a driver adds of its own accord, there and nowhere else', () => {
    const expected = { command: { writeConcern: { w: 1 } }, results: { 0: { n: 1 } } };
    expect(
      matches(expected, { command: { writeConcern: { w: 1, wtimeout: 5 } }, results: { 0: { n: 1, extra: 1 } } }),
    ).toBe(true);
    expect(matches(expected, { command: { writeConcern: { w: 1, j: true } }, results: { 0: { n: 1 } } })).toBe(false);
    expect(matches(expected, { command: { writeConcern: { w: 1 } }, results: { 0: { n: 1, wtimeout: 5 } } })).toBe(
      false,
    );
  });

  it('refuses operators and entities that are not known', () => {
    expect(() => matchRoot({ x: { $$resembles: 1 } }, { x: 1 }, scope, 'it')).toThrow(BadTest);
    expect(() => matchRoot({ x: { $$matchesEntity: 'other' } }, { x: 1 }, scope, 'it')).toThrow(BadTest);
    expect(() => matchRoot({ x: { $$type: 'integer' } }, { x: true }, scope, 'it')).toThrow(BadTest);
    expect(() => matchRoot({ x: { $$matchesHexBytes: '1' } }, { x: Buffer.of(1) }, scope, 'it')).toThrow(BadTest);
  });

  it('sees a command as it goes over the wire', () => {
    const command = { sort: new Map([['x', 1]]), left: undefined, n: 1 };
    matchRoot(
      { sort: { x: 1 }, left: { $$exists: false }, n: { $$type: 'int' } },
      asWireDocument(command),
      scope,
      'it',
    );
    expect(matches({ n: { $$type: 'long' } }, asWireDocument(command))).toBe(false);
  });
});
