import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { encodeDocument } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import { crc32c } from './crc32c.ts';
import { answerableOf, decodeRequest, isFatal } from './decode-request.ts';
import type { WireRequest } from './request.ts';

/** An OP_MSG frame with these flags and bytes behind them, in hex. */
function message(flags: number, sections: string, opCode = 2013): Buffer {
  const rest = Buffer.from(sections, 'hex');
  const frame = Buffer.alloc(20);
  frame.writeInt32LE(20 + rest.length, 0);
  frame.writeInt32LE(7, 4);
  frame.writeInt32LE(opCode, 12);
  frame.writeUInt32LE(flags, 16);
  return Buffer.concat([frame, rest]);
}

function hex(fields: Parameters<typeof document>[0]): string {
  return encodeDocument(document(fields)).toString('hex');
}

function sequence(identifier: string, ...documents: string[]): string {
  const contents = Buffer.concat([Buffer.from(`${identifier}\0`), Buffer.from(documents.join(''), 'hex')]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(contents.length + 4, 0);
  return `01${size.toString('hex')}${contents.toString('hex')}`;
}

function decode(frame: Buffer): WireRequest {
  return decodeRequest(frame, undefined);
}

function refusal(frame: Buffer): { codeName: string; fatal: boolean } {
  try {
    decode(frame);
  } catch (thrown) {
    if (thrown instanceof MongoError) return { codeName: thrown.codeName, fatal: isFatal(thrown) };
    throw thrown;
  }
  return { codeName: 'accepted', fatal: false };
}

const body = `00${hex({ ping: 1, $db: 'admin' })}`;

describe('OP_MSG', () => {
  it('is read from the bytes that a driver sends for a ping', () => {
    const frame = Buffer.from(
      '330000000700000000000000dd0700000000000000' + '1e0000001070696e67000100000002246462000600000061646d696e0000',
      'hex',
    );
    const request = decode(frame);
    expect(request.requestId).toBe(7);
    expect([...request.body]).toEqual([
      ['ping', 1],
      ['$db', 'admin'],
    ]);
    expect(request).toMatchObject({ form: 'message', moreToCome: false, exhaustAllowed: false, hasChecksum: false });
  });

  it('gives the documents of sequences in order, before or behind the body', () => {
    const documents = sequence('documents', hex({ _id: 1 }), hex({ _id: 2 }));
    for (const sections of [body + documents, documents + body]) {
      const [only] = decode(message(0, sections)).sequences;
      expect(only?.identifier).toBe('documents');
      expect(only?.documents.map((each) => each.get('_id'))).toEqual([1, 2]);
    }
  });

  it('carries moreToCome and exhaustAllowed', () => {
    expect(decode(message(2, body)).moreToCome).toBe(true);
    expect(decode(message(1 << 16, body)).exhaustAllowed).toBe(true);
  });

  it('ignores unknown optional flags', () => {
    expect(decode(message(1 << 20, body)).body.get('ping')).toBe(1);
  });

  it('accepts a right checksum and ends the connection at a wrong one', () => {
    const frame = message(1, `${body}00000000`);
    frame.writeUInt32LE(crc32c(frame, 0, frame.length - 4), frame.length - 4);
    expect(decode(frame).hasChecksum).toBe(true);
    frame[frame.length - 1] = (frame[frame.length - 1] as number) ^ 1;
    expect(refusal(frame)).toEqual({ codeName: 'ProtocolError', fatal: true });
  });

  it.each([
    ['an unknown required flag', message(4, body), 'IllegalOpMsgFlag'],
    ['no room for flags', message(0, '').subarray(0, 16), 'ProtocolError'],
    ['no room for the checksum', message(1, '0000'), 'ProtocolError'],
    ['a sequence that ends early', message(0, `${body}010400`), 'ProtocolError'],
    ['a sequence longer than its message', message(0, `${body}01ff00000061006100`), 'ProtocolError'],
    ['a sequence with a negative size', message(0, `${body}01ffffffff61006100`), 'ProtocolError'],
    ['a sequence name without end', message(0, `${body}010700000061626300`.slice(0, -2)), 'ProtocolError'],
    ['an unknown opCode', message(0, body, 2002), 'ProtocolError'],
  ])('ends the connection at %s', (_, frame, codeName) => {
    expect(refusal(frame)).toEqual({ codeName, fatal: true });
  });

  it.each([
    ['two bodies', body + body, 'Location40430'],
    ['two sequences of one name', body + sequence('a', hex({})) + sequence('a', hex({})), 'Location40431'],
    ['an unknown section kind', `${body}02`, 'Location40432'],
    ['a sequence named like a field of the body', body + sequence('ping', hex({})), 'Location40433'],
    ['no body', sequence('a', hex({})), 'Location40587'],
    ['a body that is not BSON', `00${hex({ ping: 'x' }).replace('02', '55')}`, 'InvalidBSON'],
    ['a sequence document that is not BSON', `${body}${sequence('a', '0500000001')}`, 'InvalidBSON'],
  ])('tells the client of %s and goes on', (_, sections, codeName) => {
    expect(refusal(message(0, sections))).toEqual({ codeName, fatal: false });
  });

  it('asks for no reply to a refused message that wants none', () => {
    expect(answerableOf(message(0, body))).toEqual({ requestId: 7, form: 'message', hasChecksum: false });
    expect(answerableOf(message(2, body))).toBeUndefined();
  });
});

describe('OP_QUERY', () => {
  function query(namespace: string, fields: Parameters<typeof document>[0]): Buffer {
    const rest = Buffer.from(`${namespace}\0`).toString('hex');
    return message(4, `${rest}00000000ffffffff${hex(fields)}`, 2004);
  }

  it('gives the command and its database', () => {
    const request = decode(query('admin.$cmd', { isMaster: 1, helloOk: true }));
    expect(request).toMatchObject({ form: 'query', database: 'admin', requestId: 7, moreToCome: false });
    expect(request.body.get('helloOk')).toBe(true);
  });

  it('unwraps a command from $query', () => {
    const request = decode(query('admin.$cmd', { $query: { isMaster: 1 }, $readPreference: { mode: 'nearest' } }));
    expect(request.body.firstKey()).toBe('isMaster');
  });

  it('is refused where it is not a command', () => {
    expect(refusal(query('db.things', {}))).toEqual({ codeName: 'UnsupportedOpQueryCommand', fatal: false });
  });

  it('ends the connection where it ends early', () => {
    for (const cut of [20, 24, 30]) {
      expect(refusal(query('admin.$cmd', {}).subarray(0, cut))).toEqual({ codeName: 'ProtocolError', fatal: true });
    }
  });
});
