/** Messages as drivers send them, encoded once, with places that are filled in before each sending. */
import { document, type Literal } from '../../src/bson/literal.ts';
import { encodeDocument } from '../../src/bson/write.ts';
import { headerBytes, OpCode } from '../../src/wire/header.ts';

/** A number within a message that differs each time: `start`, then `step` more, `modulo` rounds it off. */
export interface Counter {
  readonly at: number;
  readonly width: 4 | 8;
  readonly start: number;
  readonly step: number;
  /** 0: never. */
  readonly modulo: number;
}

export interface Message {
  readonly bytes: Buffer;
  readonly counters: readonly Counter[];
}

export type Fields = { readonly [name: string]: Literal };

/** Stands for a counter while a message is built: an int32 (or int64) that occurs nowhere else. */
export class Place {
  readonly counter: Omit<Counter, 'at' | 'width'>;
  readonly marker: number | bigint;

  constructor(marker: number | bigint, counter: Partial<Omit<Counter, 'at' | 'width'>> = {}) {
    this.marker = marker;
    this.counter = { start: 0, step: 1, modulo: 0, ...counter };
  }
}

/** An OP_MSG: the command, and the documents of one of its arguments in a section of their own. */
export function encodeMessage(
  body: Fields,
  places: readonly Place[] = [],
  sequence?: { readonly identifier: string; readonly documents: readonly Fields[] },
): Message {
  const header = Buffer.alloc(headerBytes + 4);
  const sections = [Buffer.of(0), encodeDocument(document(body))];
  if (sequence !== undefined) sections.push(encodeSequence(sequence.identifier, sequence.documents));
  const bytes = Buffer.concat([header, ...sections]);
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(1, 4);
  bytes.writeInt32LE(OpCode.message, 12);
  return { bytes, counters: places.map((place) => locate(bytes, place)) };
}

/** The first message of a driver's connection. */
export function encodeOldHello(): Buffer {
  const name = Buffer.from('admin.$cmd\0');
  const numbers = Buffer.alloc(8);
  numbers.writeInt32LE(-1, 4);
  const body = encodeDocument(document({ ismaster: 1, helloOk: true }));
  const bytes = Buffer.concat([Buffer.alloc(headerBytes + 4), name, numbers, body]);
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(1, 4);
  bytes.writeInt32LE(OpCode.query, 12);
  return bytes;
}

function encodeSequence(identifier: string, documents: readonly Fields[]): Buffer {
  const content = [Buffer.from(`${identifier}\0`), ...documents.map((fields) => encodeDocument(document(fields)))];
  const section = Buffer.concat([Buffer.of(1), Buffer.alloc(4), ...content]);
  section.writeInt32LE(section.length - 1, 1);
  return section;
}

function locate(bytes: Buffer, { marker, counter }: Place): Counter {
  const width = typeof marker === 'bigint' ? 8 : 4;
  const pattern = Buffer.alloc(width);
  if (typeof marker === 'bigint') pattern.writeBigInt64LE(marker);
  else pattern.writeInt32LE(marker);
  const at = bytes.indexOf(pattern);
  if (at < 0 || bytes.indexOf(pattern, at + 1) >= 0) throw new Error('a marker must occur once in its message');
  return { at, width, ...counter };
}
