/** How long a ping takes while the server does something else, until told to stop. */
import { connect, type Socket } from 'node:net';
import { FrameReader } from '../../src/wire/framing.ts';
import { encodeMessage } from './message.ts';

/** From one ping to the next, whether or not that one was answered: a server that stalls cannot slow the measure down. */
const intervalMs = 2;

export interface PingTimes {
  readonly pings: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** Pings on a connection of its own, at even times. */
export class Pinger {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #sentMs: number[] = [];
  readonly #latenciesMs: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #dueMs = performance.now();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#timer = setInterval(() => this.#send(), intervalMs);
  }

  static async start(port: number): Promise<Pinger> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opened = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(opened));
      opened.once('error', reject);
    });
    return new Pinger(socket);
  }

  /** Stops and tells what was measured; pings that are still unanswered count with the time they have waited. */
  stop(): PingTimes {
    clearInterval(this.#timer);
    this.#socket.destroy();
    const nowMs = performance.now();
    const sorted = Float64Array.from([...this.#latenciesMs, ...this.#sentMs.map((sentMs) => nowMs - sentMs)]).sort();
    const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
    return { pings: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) };
  }

  /** All pings that fell due: when this process itself was late, they count from the time they were due. */
  #send(): void {
    for (const nowMs = performance.now(); this.#dueMs <= nowMs; this.#dueMs += intervalMs) {
      this.#sentMs.push(this.#dueMs);
      this.#socket.write(ping);
    }
  }

  #receive(chunk: Buffer): void {
    this.#frames.push(chunk);
    const nowMs = performance.now();
    while (this.#frames.next() !== undefined) {
      const sentMs = this.#sentMs.shift();
      if (sentMs !== undefined) this.#latenciesMs.push(nowMs - sentMs);
    }
  }
}

const ping = encodeMessage({ ping: 1, $db: 'admin' }).bytes;
