/** The load generator, in a process of its own: connections that send messages as fast as they are answered. */
import { connect, type Socket } from 'node:net';
import { toDouble } from '../../src/bson/number.ts';
import { printDocument } from '../../src/bson/print.ts';
import { BsonDocument } from '../../src/bson/value.ts';
import { isNumeric } from '../../src/bson/value-type.ts';
import { FrameReader } from '../../src/wire/framing.ts';
import { serveRequests } from '../child.ts';
import type { LoadAnswer, LoadRequest } from './load.ts';
import type { Message } from './message.ts';

/** One reply of so many is looked into. */
const inspectedReplies = 64;
const replyBodyAt = 21;

class LoadConnection {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #messages: readonly Message[];
  readonly #counts: number[];
  readonly #latenciesMs: number[];
  readonly #isOver: () => boolean;
  #step = 0;
  #sent = 0;
  #startedMs = 0;
  #finish: () => void = () => undefined;
  operations = 0;
  failure: string | undefined;

  constructor(socket: Socket, messages: readonly Message[], latenciesMs: number[], isOver: () => boolean) {
    this.#socket = socket;
    this.#messages = messages.map(({ bytes, counters }) => ({ bytes: Buffer.from(bytes), counters }));
    this.#counts = messages.map(() => 0);
    this.#latenciesMs = latenciesMs;
    this.#isOver = isOver;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => {
      this.failure ??= this.#isOver() ? undefined : 'the server closed the connection';
      this.#finish();
    });
  }

  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#begin();
    });
  }

  #begin(): void {
    this.#step = 0;
    this.#startedMs = performance.now();
    this.#send();
  }

  #send(): void {
    const message = this.#messages[this.#step] as Message;
    const count = this.#counts[this.#step] as number;
    this.#counts[this.#step] = count + 1;
    for (const { at, width, start, step, modulo } of message.counters) {
      const value = start + (modulo === 0 ? count * step : (count * step) % modulo);
      message.bytes.writeInt32LE(value, at);
      if (width === 8) message.bytes.writeInt32LE(0, at + 4);
    }
    this.#sent++;
    // A copy, because the socket may still hold the bytes when they are filled in again.
    this.#socket.write(Buffer.from(message.bytes));
  }

  #receive(chunk: Buffer): void {
    this.#frames.push(chunk);
    for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) this.#answered(frame);
  }

  #answered(frame: Buffer): void {
    if (this.#sent % inspectedReplies === 1) this.#inspect(frame);
    if (++this.#step < this.#messages.length && this.failure === undefined) {
      this.#send();
      return;
    }
    this.operations++;
    this.#latenciesMs.push(performance.now() - this.#startedMs);
    if (this.#isOver() || this.failure !== undefined) this.#finish();
    else this.#begin();
  }

  #inspect(frame: Buffer): void {
    const reply = BsonDocument.fromBytes(frame.subarray(replyBodyAt));
    const ok = reply.get('ok');
    if (isNumeric(ok) && toDouble(ok) === 1 && !reply.has('writeErrors')) return;
    this.failure = printDocument(reply);
  }
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

async function generate({ port, durationMs, connections }: LoadRequest): Promise<LoadAnswer> {
  const sockets = await Promise.all(connections.map(() => connected(port)));
  const latenciesMs: number[] = [];
  let isOver = false;
  const runs = sockets.map(
    (socket, index) => new LoadConnection(socket, connections[index] ?? [], latenciesMs, () => isOver),
  );
  const startedMs = performance.now();
  setTimeout(() => {
    isOver = true;
  }, durationMs);
  await Promise.all(runs.map((run) => run.run()));
  const elapsedMs = performance.now() - startedMs;
  for (const socket of sockets) socket.destroy();
  const operations = runs.reduce((sum, run) => sum + run.operations, 0);
  const sorted = Float64Array.from(latenciesMs).sort();
  const percentileUs = (part: number): number => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0) * 1000;
  return {
    operations,
    perSecond: (operations / elapsedMs) * 1000,
    p50Us: percentileUs(0.5),
    p99Us: percentileUs(0.99),
    failure: runs.find((run) => run.failure !== undefined)?.failure,
  };
}

serveRequests(generate);
