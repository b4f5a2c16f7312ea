/**
 * One client's connection: bytes in, messages served one after the other, answers out.
 *
 *              a command waits            its answer is written
 *   reading ───────────────────► working ───────────────────────► reading
 *      │                            │ the socket is full             ▲
 *      │                            ▼                                │
 *      │                        draining ── the client has read ─────┘
 *      └──► ended   from every state: a broken frame, a bug of ours, or nobody to answer to
 *
 * Messages that arrive meanwhile wait in the frame reader; beyond a bound the socket is no longer read. When the client
 * goes away, what it waits for is interrupted; writes that it sent without wanting an answer still run.
 */
import type { Socket } from 'node:net';
import type { BsonDocument } from '../bson/value.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { chain } from '../session/maybe-promise.ts';
import type { AuthenticatedUser, ClientConnection } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';
import { decompressFrame } from '../wire/compression.ts';
import type { CompressorId } from '../wire/compressor.ts';
import { answerableOf, decodeRequest, isFatal } from '../wire/decode-request.ts';
import { FrameReader } from '../wire/framing.ts';
import { OpCode, opCodeOf } from '../wire/header.ts';
import type { WireRequest } from '../wire/request.ts';
import type { Answer, Dispatcher } from './dispatch.ts';
import type { Outbox } from './outbox.ts';
import type { WireStatistics } from './statistics.ts';
import type { SecuredBy } from './transport-security.ts';

/** Bytes of further messages that are read while one is being served. */
const readAheadBytes = 1024 * 1024;

/** Messages that one client is served without others getting a turn. */
const messagesPerTurn = 64;

const nobodyListens: Answer = { frame: undefined, endsConnection: true };

/** How much, and for how long, a client may make the server wait and hold. */
export interface ReceivingLimits {
  /** From a connection's beginning to the end of its first message. */
  readonly handshakeTimeoutMs: () => number;
  /** From the beginning of a message to its end. */
  readonly messageTimeoutMs: () => number;
  /** From an answer that the client does not take to where it has taken all of it. */
  readonly answerTimeoutMs: () => number;
  /** Bytes of a message of a client that has not logged in. */
  readonly longestBeforeLogin: (client: ClientConnection) => number;
}

export interface ConnectionOptions {
  readonly id: number;
  readonly socket: Socket;
  /** Undefined without TLS. */
  readonly security: SecuredBy | undefined;
  readonly limits: ReceivingLimits;
  readonly dispatcher: Dispatcher;
  readonly outbox: Outbox;
  readonly statistics: WireStatistics;
  readonly log: Log;
  /** Called once, when nothing of the connection is left. */
  readonly onEnded: (connection: Connection) => void;
}

export class Connection implements ClientConnection {
  readonly id: number;
  readonly remoteAddress: string;
  readonly localAddress: string;
  metadata: BsonDocument | undefined = undefined;
  appName: string | undefined = undefined;
  user: AuthenticatedUser | undefined = undefined;
  readonly isEncrypted: boolean;
  readonly certificateSubject: string | undefined;
  readonly #socket: Socket;
  readonly #limits: ReceivingLimits;
  readonly #dispatcher: Dispatcher;
  readonly #outbox: Outbox;
  readonly #statistics: WireStatistics;
  readonly #log: Log;
  readonly #onEnded: (connection: Connection) => void;
  readonly #frames = new FrameReader();
  /** Messages that have arrived. */
  #messages = 0;
  /** Since when the next message has been awaited, where it has begun or is the first: as `endIfLate` came to see it. */
  #awaited: { readonly messages: number; readonly sinceMs: number } | undefined = undefined;
  /** Since when the client has not taken what was written, as `endIfLate` came to see it. */
  #unreadSinceMs: number | undefined = undefined;
  #state: 'reading' | 'working' | 'draining' | 'ended' = 'reading';
  /** The answer to what is being served is the last one. */
  #isFinishing = false;

  constructor({ id, socket, security, dispatcher, outbox, statistics, log, onEnded, ...rest }: ConnectionOptions) {
    this.id = id;
    this.remoteAddress = printAddress(socket.remoteAddress, socket.remotePort);
    this.localAddress = printAddress(socket.localAddress, socket.localPort);
    this.isEncrypted = security !== undefined;
    this.certificateSubject = security?.certificateSubject;
    this.#socket = socket;
    this.#limits = rest.limits;
    this.#dispatcher = dispatcher;
    this.#outbox = outbox;
    this.#statistics = statistics;
    this.#log = log;
    this.#onEnded = onEnded;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#drained());
    socket.on('end', () => this.#abandoned());
    socket.on('close', () => this.#abandoned());
    socket.on('error', (error) => this.#log.debug({ connection: this.id, error }, 'socket failed'));
  }

  /** Ends the connection once the command that it serves is answered; at once where there is none or it only waits. */
  finish(): void {
    this.#isFinishing = true;
    if (this.#state === 'reading') this.#end();
    else this.#dispatcher.stopWaiting(this);
  }

  /** Stops the command that it serves. */
  interrupt(): void {
    if (this.#state === 'working') this.#dispatcher.interrupt(this);
  }

  /** Ends the connection, whatever it is doing. */
  destroy(): void {
    this.#end();
    this.#socket.destroy();
  }

  /**
   * Ends the connection where its first message, or the rest of one that has begun, has been awaited for too long, or where an
   * answer has not been read for too long. A client that is idle between messages owes nothing. Called every now and then;
   * remembers what it needs to know from one call to the next.
   */
  endIfLate(nowMs: number): void {
    if (this.#isLateToRead(nowMs)) {
      this.#cut(`an answer was not read within ${this.#limits.answerTimeoutMs()} ms`);
      return;
    }
    if (this.#state !== 'reading' || (this.#messages > 0 && this.#frames.bufferedBytes === 0)) {
      this.#awaited = undefined;
      return;
    }
    if (this.#awaited?.messages !== this.#messages) {
      this.#awaited = { messages: this.#messages, sinceMs: nowMs };
      return;
    }
    const isFirst = this.#messages === 0;
    const timeoutMs = isFirst ? this.#limits.handshakeTimeoutMs() : this.#limits.messageTimeoutMs();
    if (nowMs - this.#awaited.sinceMs < timeoutMs) return;
    const reason = `${isFirst ? 'the first' : 'the rest of a'} message did not come within ${timeoutMs} ms`;
    this.#cut(reason);
  }

  /** Also of a connection that has ended: what was still to be written keeps its memory. */
  #isLateToRead(nowMs: number): boolean {
    if (this.#state !== 'ended' && !this.#socket.writableNeedDrain) {
      this.#unreadSinceMs = undefined;
      return false;
    }
    this.#unreadSinceMs ??= nowMs;
    return nowMs - this.#unreadSinceMs >= this.#limits.answerTimeoutMs();
  }

  #cut(reason: string): void {
    this.#log.warn({ connection: this.id, remote: this.remoteAddress, reason }, 'connection ended');
    this.destroy();
  }

  /** Bytes that a message of this client may have. */
  get #longestMessageBytes(): number {
    return this.user === undefined ? this.#limits.longestBeforeLogin(this) : limits.messageSizeBytes;
  }

  #receive(chunk: Buffer): void {
    this.#statistics.network.bytesIn += chunk.length;
    this.#frames.push(chunk);
    if (this.#state === 'reading') this.#serve();
    else if (this.#frames.bufferedBytes > Math.min(readAheadBytes, this.#longestMessageBytes)) this.#socket.pause();
  }

  /** Serves the messages that have arrived, until one has to be waited for. */
  #serve(): void {
    let served = 0;
    while (this.#state === 'reading') {
      if (this.#isFinishing) {
        this.#end();
        return;
      }
      let frame: Buffer | undefined;
      try {
        frame = this.#frames.next(this.#longestMessageBytes);
      } catch (thrown) {
        this.#breakOff(thrown);
        return;
      }
      if (frame === undefined) {
        this.#waitForBytes();
        return;
      }
      this.#messages++;
      if (++served === messagesPerTurn && this.#frames.bufferedBytes > 0) {
        const later = frame;
        this.#await(yieldToEvents().then(() => this.#answer(later)));
        return;
      }
      this.#await(this.#answer(frame));
    }
  }

  #waitForBytes(): void {
    if (this.#socket.readableEnded || this.#socket.destroyed) this.#end();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Never throws; what it rejects with ends the connection. */
  #answer(frame: Buffer): MaybePromise<Answer> {
    try {
      if (opCodeOf(frame) !== OpCode.compressed) return this.#answerRequest(frame, undefined);
      return chain(decompressFrame(frame, this.#longestMessageBytes), (unpacked) =>
        this.#answerRequest(unpacked.frame, unpacked.compressor),
      );
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  #answerRequest(frame: Buffer, compressor: CompressorId | undefined): MaybePromise<Answer> {
    let request: WireRequest;
    try {
      request = decodeRequest(frame, compressor);
    } catch (thrown) {
      if (!isMongoError(thrown) || isFatal(thrown)) throw thrown;
      const answerable = answerableOf(frame);
      return answerable === undefined ? { frame: undefined } : this.#dispatcher.refuse(answerable, thrown);
    }
    return this.#dispatch(request);
  }

  #dispatch(request: WireRequest): MaybePromise<Answer> {
    if (!request.moreToCome && !this.#socket.writable) return nobodyListens;
    return this.#dispatcher.dispatch(request, this);
  }

  #await(answer: MaybePromise<Answer>): void {
    if (!(answer instanceof Promise)) {
      this.#send(answer);
      return;
    }
    this.#state = 'working';
    this.#statistics.connections.active++;
    answer.then(
      (arrived) => {
        this.#statistics.connections.active--;
        if (this.#state !== 'working') return;
        this.#state = 'reading';
        this.#send(arrived);
        this.#serve();
      },
      (thrown) => {
        this.#statistics.connections.active--;
        this.#breakOff(thrown);
      },
    );
  }

  #send({ frame, next, endsConnection }: Answer): void {
    if (frame !== undefined) {
      if (!this.#socket.writable) {
        this.#end();
        return;
      }
      this.#statistics.network.bytesOut += frame.length;
      this.#outbox.send(this.#socket, frame);
    }
    if (endsConnection === true) {
      this.#end();
      return;
    }
    if (this.#socket.writableNeedDrain) this.#state = 'draining';
    if (next !== undefined && !this.#isFinishing) this.#goOn(next);
  }

  /** Answers again without being asked, as soon as the client has read enough and others had their turn. */
  #goOn(request: WireRequest): void {
    const isFull = this.#state === 'draining';
    this.#state = 'reading';
    const turn = isFull ? this.#whenDrained() : yieldToEvents();
    this.#await(turn.then(() => this.#dispatch(request)));
  }

  #whenDrained(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('drain', resolve);
      this.#socket.once('close', resolve);
    });
  }

  #drained(): void {
    this.#unreadSinceMs = undefined;
    if (this.#state !== 'draining') return;
    this.#state = 'reading';
    this.#serve();
  }

  /** The client is gone, or wants no more answers. */
  #abandoned(): void {
    switch (this.#state) {
      case 'working':
        this.#dispatcher.abandon(this);
        return;
      case 'reading':
      case 'draining':
        this.#end();
    }
  }

  /** Ends a connection on which the two sides no longer understand each other. */
  #breakOff(thrown: unknown): void {
    if (this.#state === 'ended') return;
    const fields = { connection: this.id, remote: this.remoteAddress };
    if (isMongoError(thrown)) this.#log.warn({ ...fields, reason: thrown.message }, 'connection ended: bad message');
    else this.#log.error({ ...fields, error: thrown }, 'connection ended by a bug of this server');
    this.#end();
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#socket.destroySoon();
    if (this.#socket.writableLength === 0 || this.#socket.destroyed) this.#onEnded(this);
    else this.#socket.once('close', () => this.#onEnded(this));
  }
}

function printAddress(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return 'unknown:0';
  // An IPv4 address as a socket for both families spells it.
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}
