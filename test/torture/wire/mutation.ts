/** Frames that were right, and what can happen to them. */
import { deflateSync } from 'node:zlib';
import type { BsonDocument } from '../../../src/bson/value.ts';
import { encodeDocument } from '../../../src/bson/write.ts';
import { messageFrame, queryFrame } from '../../../src/server/wire-client.fake.ts';
import { crc32c } from '../../../src/wire/crc32c.ts';
import { OpCode } from '../../../src/wire/header.ts';
import type { Random } from '../random.ts';

/** An OP_MSG frame of a document as it is. */
export function frameOf(command: BsonDocument, requestId = 1): Buffer {
  const body = encodeDocument(command);
  return withHeader(Buffer.concat([Buffer.alloc(5), body]), OpCode.message, requestId);
}

export function withHeader(contents: Buffer, opCode: number, requestId = 1): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + contents.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, contents]);
}

/** A command with its documents in a section of their own. */
function sequenceFrame(): Buffer {
  const plain = messageFrame({ insert: 'a', $db: 'attack' });
  const documents = Array.from({ length: 3 }, () => messageFrame({ a: 1 }).subarray(21));
  const name = Buffer.from('documents\0');
  const size = Buffer.alloc(4);
  size.writeInt32LE(4 + name.length + documents.reduce((sum, { length }) => sum + length, 0));
  return withHeader(Buffer.concat([plain.subarray(16), Buffer.from([1]), size, name, ...documents]), OpCode.message);
}

function compressedFrame(frame: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeInt32LE(frame.readInt32LE(12), 0);
  head.writeInt32LE(frame.length - 16, 4);
  head.writeUInt8(2, 8);
  return withHeader(Buffer.concat([head, deflateSync(frame.subarray(16))]), OpCode.compressed);
}

function checkedFrame(frame: Buffer): Buffer {
  const whole = withHeader(Buffer.concat([frame.subarray(16), Buffer.alloc(4)]), OpCode.message);
  whole.writeUInt32LE(1, 16);
  whole.writeUInt32LE(crc32c(whole, 0, whole.length - 4), whole.length - 4);
  return whole;
}

const insert = messageFrame({ insert: 'a', documents: [{ a: [1, { b: 'text' }], c: 5n, d: 0.5 }], $db: 'attack' });

export const soundFrames: readonly Buffer[] = [
  messageFrame({ ping: 1 }),
  messageFrame({ hello: 1, client: { application: { name: 'attacker' } } }),
  queryFrame({ isMaster: 1, helloOk: true }),
  insert,
  sequenceFrame(),
  compressedFrame(insert),
  compressedFrame(sequenceFrame()),
  checkedFrame(insert),
  messageFrame({ find: 'a', filter: { a: { $gt: 1, $in: [1, 2, 'x'] } }, sort: { a: 1 }, $db: 'attack' }),
  messageFrame({ update: 'a', updates: [{ q: { a: 1 }, u: { $inc: { b: 1 } }, multi: true }], $db: 'attack' }),
  messageFrame({
    aggregate: 'a',
    pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$a' } }],
    cursor: {},
    $db: 'attack',
  }),
];

const numbers = [0, 1, -1, 4, 5, 15, 16, 17, 2 ** 31 - 1, -(2 ** 31), 48_000_000, 48_000_001, 16_777_216];

/** Changes the frame in one to four places. `honest` keeps its length true, so that the stream stays in step. */
export function mutate(frame: Buffer, random: Random, honest: boolean): Buffer {
  let bytes: Buffer = Buffer.from(frame);
  for (let left = random.between(1, 4); left > 0 && bytes.length > 16; left--) bytes = mutateOnce(bytes, random);
  if (!honest) return bytes;
  const whole = Buffer.concat([bytes, Buffer.alloc(Math.max(0, 16 - bytes.length))]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
}

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  const kind = random.weighted({ bit: 4, byte: 3, number: 4, insert: 1, remove: 1, truncate: 1, repeat: 1, splice: 1 });
  switch (kind) {
    case 'bit':
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 'byte':
      bytes[at] = random.below(256);
      return bytes;
    case 'number':
      if (at + 4 <= bytes.length) bytes.writeInt32LE(random.pick(numbers), at);
      return bytes;
    case 'insert':
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.between(1, 8)), bytes.subarray(at)]);
    case 'remove':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.between(1, 8))]);
    case 'truncate':
      return bytes.subarray(0, at);
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))]);
    case 'splice':
      return Buffer.concat([bytes.subarray(0, at), random.pick(soundFrames).subarray(at)]);
  }
}
