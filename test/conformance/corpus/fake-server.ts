/** A server for the runner's own tests: answers OP_MSG with what a function says, or closes the connection. */
import { createServer, type Server, type Socket } from 'node:net';
import { decodeDocument, encodeDocument } from './bson-codec.ts';
import { type BsonDocument, document, int } from './value.ts';

/** Answers a command; undefined closes the connection instead. */
export type Answer = (command: BsonDocument) => BsonDocument | undefined;

const bodyOffset = 21;

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
      const reply = answer(decodeDocument(message.subarray(bodyOffset)));
      if (reply === undefined) socket.destroy();
      else socket.write(frame(encodeDocument(reply), message.readInt32LE(4)));
    }
  });
}

function frame(body: Buffer, responseTo: number): Buffer {
  const prefix = Buffer.alloc(bodyOffset);
  prefix.writeInt32LE(bodyOffset + body.length, 0);
  prefix.writeInt32LE(responseTo, 8);
  prefix.writeInt32LE(2013, 12);
  return Buffer.concat([prefix, body]);
}
