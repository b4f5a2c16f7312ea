/** A client that speaks the wire protocol frame by frame, for tests that no driver would let be written. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { document, type Literal } from '../bson/literal.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { invariant } from '../error/invariant.ts';
import { decompressFrame } from '../wire/compression.ts';
import { FrameReader } from '../wire/framing.ts';
import { OpCode, opCodeOf, requestIdOf, responseToOf } from '../wire/header.ts';

export interface ReceivedFrame {
  readonly frame: Buffer;
  readonly opCode: number;
  readonly isCompressed: boolean;
  readonly requestId: number;
  readonly responseTo: number;
  readonly flags: number;
  readonly body: BsonDocument;
}

export type Fields = { readonly [name: string]: Literal };

/** An OP_MSG frame with one body; `$db` is admin unless the fields say otherwise. */
export function messageFrame(fields: Fields, flags = 0, requestId = 1): Buffer {
  const body = encodeDocument(document({ ...fields, $db: fields.$db ?? 'admin' }));
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + body.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(OpCode.message, 12);
  head.writeUInt32LE(flags, 16);
  return Buffer.concat([head, body]);
}

/** An OP_QUERY frame of a command. */
export function queryFrame(fields: Fields, requestId = 1): Buffer {
  const body = encodeDocument(document(fields));
  const namespace = Buffer.from('admin.$cmd\0');
  const head = Buffer.alloc(20);
  head.writeInt32LE(20 + namespace.length + 8 + body.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(OpCode.query, 12);
  return Buffer.concat([head, namespace, Buffer.from([0, 0, 0, 0, 255, 255, 255, 255]), body]);
}

export class WireClient {
  readonly socket: Socket;
  readonly #frames = new FrameReader();
  readonly #received: Buffer[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next())
        this.#received.push(frame);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Over TLS where an authority (PEM) is given that the server's certificate comes from. */
  static async connect(port: number, authority?: string): Promise<WireClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    if (authority === undefined) return new WireClient(socket);
    const secured = connectSecurely({ socket, host: '127.0.0.1', ca: authority });
    await once(secured, 'secureConnect');
    return new WireClient(secured);
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next answer, or undefined where the connection has ended. */
  async receive(): Promise<ReceivedFrame | undefined> {
    while (this.#received.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const frame = this.#received.shift();
    return frame === undefined ? undefined : decoded(frame);
  }

  /** Sends a command and answers its reply. */
  async command(fields: Fields, flags = 0): Promise<BsonDocument> {
    this.send(messageFrame(fields, flags));
    const answer = await this.receive();
    invariant(answer !== undefined, 'the server answers');
    return answer.body;
  }

  /** Resolves when the server has ended the connection. */
  async closed(): Promise<void> {
    while (!this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

async function decoded(frame: Buffer): Promise<ReceivedFrame> {
  const isCompressed = opCodeOf(frame) === OpCode.compressed;
  const plain = isCompressed ? (await decompressFrame(frame)).frame : frame;
  const bodyAt = opCodeOf(plain) === OpCode.message ? 21 : 36;
  return {
    frame,
    opCode: opCodeOf(plain),
    isCompressed,
    requestId: requestIdOf(plain),
    responseTo: responseToOf(plain),
    flags: plain.readUInt32LE(16),
    body: BsonDocument.fromBytes(plain.subarray(bodyAt, bodyAt + plain.readInt32LE(bodyAt))),
  };
}
