import { expect, it } from 'vitest';
import { decodeRequest } from '../../src/wire/decode-request.ts';
import { encodeMessage, Place } from './message.ts';

it('a message is a request that our own wire understands, with the places of its counters known', () => {
  const place = new Place(0x7a7a7a01, { start: 5, step: 2 });
  const { bytes, counters } = encodeMessage({ insert: 'c', $db: 'd' }, [place], {
    identifier: 'documents',
    documents: [{ _id: place.marker }],
  });
  bytes.writeInt32LE(9, counters[0]?.at);
  const request = decodeRequest(bytes, undefined);
  expect(request.body.get('insert')).toBe('c');
  expect(request.sequences[0]?.documents[0]?.get('_id')).toBe(9);
  expect(counters).toMatchObject([{ width: 4, start: 5, step: 2, modulo: 0 }]);
});

it('a marker that occurs twice is refused', () => {
  const place = new Place(0x7a7a7a01);
  expect(() => encodeMessage({ a: place.marker, b: place.marker }, [place])).toThrow('once');
});
