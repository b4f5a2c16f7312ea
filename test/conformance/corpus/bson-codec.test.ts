import * as bson from 'bson';
import { describe, expect, it } from 'vitest';
import { decodeDocument, encodeDocument } from './bson-codec.ts';
import { type BsonValue, document, int, string } from './value.ts';

const scope = document([['x', int(1)]]);
const examples: readonly BsonValue[] = [
  { type: 'double', value: -0 },
  { type: 'string', value: 'text, ünïcode and \0' },
  document([['a', document([])]]),
  { type: 'array', items: [int(1), { type: 'null' }] },
  { type: 'binData', subType: 2, bytes: Buffer.from('old') },
  { type: 'binData', subType: 4, bytes: Buffer.alloc(16, 7) },
  { type: 'undefined' },
  { type: 'objectId', hex: '0123456789abcdef01234567' },
  { type: 'bool', value: true },
  { type: 'date', value: -1n },
  { type: 'null' },
  { type: 'regex', pattern: '^a', options: 'im' },
  { type: 'dbPointer', namespace: 'db.c', hex: '0123456789abcdef01234567' },
  { type: 'javascript', code: 'return 1' },
  { type: 'symbol', value: 'sym' },
  { type: 'javascriptWithScope', code: 'return x', scope },
  int(-(2 ** 31)),
  { type: 'timestamp', value: 0xffff_ffff_0000_0001n },
  { type: 'long', value: -(2n ** 63n) },
  { type: 'decimal', bytes: Buffer.from(bson.Decimal128.fromString('1.00').bytes) },
  { type: 'minKey' },
  { type: 'maxKey' },
];

describe('the codec of the corpus runner', () => {
  it.each(examples.map((value) => [value.type, value] as const))('gives a %s back as it was', (_, value) => {
    const original = document([['v', value]]);
    expect(decodeDocument(encodeDocument(original))).toEqual(original);
  });

  it('writes the same bytes as the bson package', () => {
    const ours = document([
      ['i', int(5)],
      ['l', { type: 'long', value: 5n }],
      ['d', { type: 'double', value: 5 }],
      ['s', string('five')],
      ['n', { type: 'array', items: [document([['x', { type: 'bool', value: false }]])] }],
    ]);
    const theirs = { i: 5, l: bson.Long.fromNumber(5), d: new bson.Double(5), s: 'five', n: [{ x: false }] };
    expect(encodeDocument(ours).equals(bson.serialize(theirs))).toBe(true);
  });

  it('keeps duplicate keys and the order of keys that look like numbers', () => {
    const original = document([
      ['2', int(1)],
      ['1', int(2)],
      ['2', int(3)],
    ]);
    expect(decodeDocument(encodeDocument(original))).toEqual(original);
  });

  it('refuses bytes that are not a document', () => {
    const bytes = encodeDocument(document([['a', string('text')]]));
    expect(() => decodeDocument(bytes.subarray(0, -1))).toThrow();
    expect(() => decodeDocument(Buffer.concat([bytes, Buffer.of(0)]))).toThrow('after the document');
    bytes.writeUInt8(0x55, 4);
    expect(() => decodeDocument(bytes)).toThrow('0x55');
  });
});
