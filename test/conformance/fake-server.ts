/**
 * A server for the runners' own tests: answers each command with what a function says, or closes the connection.
 * It speaks OP_MSG, and OP_QUERY for the first hello of a driver.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { decodeDocument, encodeDocument } from './corpus/bson-codec.ts';
import { type BsonDocument, document, int } from './corpus/value.ts';

/** Answers a command; undefined closes the connection instead. */
export type Answer = (command: BsonDocument) => BsonDocument | undefined;

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const headerBytes = 16;

export class FakeServer {
  readonly uri: string;
  #server: Server;
  #sockets: Set<Socket>;

  private constructor(uri: string, server: Server, sockets: Set<Socket>) {
    this.uri = uri;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async start(answer: Answer): Promise<FakeServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      serve(socket, answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new FakeServer(`mongodb://127.0.0.1:${port}/`, server, sockets);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A reply that says ok, with further fields. */
export function okReply(...entries: BsonDocument['entries']): BsonDocument {
  return document([...entries, ['ok', { type: 'double', value: 1 }]]);
}

/** A reply that says why not. */
export function errorReply(code: number, errmsg: string): BsonDocument {
  return document([
    ['ok', { type: 'double', value: 0 }],
    ['code', int(code)],
    ['errmsg', { type: 'string', value: errmsg }],
  ]);
}

function serve(socket: Socket, answer: Answer): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
      const message = received.subarray(0, received.readInt32LE(0));
      received = received.subarray(message.length);
      const reply = answer(readCommand(message));
      if (reply === undefined) socket.destroy();
      else socket.write(frame(message, encodeDocument(reply)));
    }
  });
}

function readCommand(message: Buffer): BsonDocument {
  const flagBytes = 4;
  if (message.readInt32LE(12) === opMsg) return readBody(message.subarray(headerBytes + flagBytes + 1));
  const endOfNamespace = message.indexOf(0, headerBytes + flagBytes) + 1;
  return decodeDocument(message.subarray(endOfNamespace + 8));
}

/** The first section of a message is its body; more are not looked at. */
function readBody(sections: Buffer): BsonDocument {
  return decodeDocument(sections.subarray(0, sections.readInt32LE(0)));
}

function frame(request: Buffer, body: Buffer): Buffer {
  const isQuery = request.readInt32LE(12) === opQuery;
  const prefix = Buffer.alloc(headerBytes + (isQuery ? 20 : 5));
  prefix.writeInt32LE(prefix.length + body.length, 0);
  prefix.writeInt32LE(request.readInt32LE(4), 8);
  prefix.writeInt32LE(isQuery ? opReply : opMsg, 12);
  if (isQuery) prefix.writeInt32LE(1, headerBytes + 16);
  return Buffer.concat([prefix, body]);
}
