/**
 * A connection that speaks OP_MSG and nothing else: bytes of a command out, bytes of its reply back. Requests may be
 * sent before earlier ones are answered; each reply finds its request by number.
 */
import { connect, type Socket } from 'node:net';
import { hostsOf } from '../connection-string.ts';
import { encodeDocument } from './bson-codec.ts';
import { document, int, string } from './value.ts';

/** The connection is no more, so that the command has no reply. */
export class ConnectionClosed extends Error {
  override name = 'ConnectionClosed';
}

/** The server did not answer in time. The connection is closed, because what it would say later is of no use. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Pending {
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const opMsg = 2013;
const headerBytes = 16;
/** Flags, then the kind of the only section: a body. */
const bodyOffset = headerBytes + 4 + 1;
const connectTimeoutMs = 10_000;

export class WireClient {
  #socket: Socket;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #pending = new Map<number, Pending>();
  #lastRequest = 0;
  #closed: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('the server closed the connection'));
  }

  /** Connects and introduces itself, as a driver does. Rejects when there is no server. */
  static async connect({ host, port }: Address): Promise<WireClient> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const attempt = connect({ host, port, noDelay: true, timeout: connectTimeoutMs });
      attempt.once('connect', () => resolve(attempt.setTimeout(0)));
      attempt.once('timeout', () => attempt.destroy(new Error(`no connection to ${host}:${port}`)));
      attempt.once('error', reject);
    });
    socket.removeAllListeners();
    const client = new WireClient(socket);
    await client.request(encodeDocument(introduction), connectTimeoutMs);
    return client;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /** Sends one command; `body` holds it with `$db`. Rejects with `ConnectionClosed` or, in time, `NoAnswer`. */
  request(body: Buffer, timeoutMs: number): Promise<Buffer> {
    if (this.#closed !== undefined) return Promise.reject(new ConnectionClosed(this.#closed));
    this.#lastRequest += 1;
    const requestId = this.#lastRequest;
    const prefix = Buffer.alloc(bodyOffset);
    prefix.writeInt32LE(bodyOffset + body.length, 0);
    prefix.writeInt32LE(requestId, 4);
    prefix.writeInt32LE(opMsg, 12);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new NoAnswer(`no answer within ${timeoutMs} ms`));
        this.close();
      }, timeoutMs);
      this.#pending.set(requestId, { resolve, reject, timer });
      this.#socket.write(Buffer.concat([prefix, body]));
    });
  }

  close(): void {
    this.#end('closed by the runner');
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    while (this.#closed === undefined && this.#receivedBytes >= headerBytes) {
      if (this.#received.length > 1) this.#received = [Buffer.concat(this.#received)];
      const [bytes = Buffer.alloc(0)] = this.#received;
      const length = bytes.readInt32LE(0);
      if (length < bodyOffset) {
        this.#refuse(`a message of ${length} bytes`);
        return;
      }
      if (this.#receivedBytes < length) return;
      this.#received = [bytes.subarray(length)];
      this.#receivedBytes -= length;
      this.#deliver(bytes.subarray(0, length));
    }
  }

  #deliver(message: Buffer): void {
    const [responseTo, operation] = [message.readInt32LE(8), message.readInt32LE(12)];
    const pending = this.#pending.get(responseTo);
    if (operation !== opMsg || pending === undefined) {
      this.#refuse(`operation ${operation} in answer to request ${responseTo}`);
      return;
    }
    this.#pending.delete(responseTo);
    clearTimeout(pending.timer);
    pending.resolve(message.subarray(bodyOffset));
  }

  #refuse(what: string): void {
    this.#end(`the server sent ${what}`);
    this.#socket.destroy();
  }

  #end(why: string): void {
    this.#closed ??= why;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new ConnectionClosed(this.#closed));
    }
    this.#pending.clear();
  }
}

const introduction = document([
  ['hello', int(1)],
  [
    'client',
    document([
      ['application', document([['name', string('corpus')]])],
      [
        'driver',
        document([
          ['name', string('sojourn-corpus')],
          ['version', string('1')],
        ]),
      ],
      ['os', document([['type', string(process.platform)]])],
    ]),
  ],
  ['$db', string('admin')],
]);

/** Host and port of the first node in a connection string. */
export function firstAddress(uri: string): Address {
  const [first = ''] = hostsOf(uri);
  const [host = '', port] = first.split(':');
  return { host, port: Number(port ?? 27017) };
}
