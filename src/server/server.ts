/** Listens, keeps the connections, and stops in order. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock, type Timer } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Log } from '../log.ts';
import { Connection, type ReceivingLimits } from './connection.ts';
import type { Dispatcher } from './dispatch.ts';
import { Outbox } from './outbox.ts';
import { Reception } from './reception.ts';
import type { WireStatistics } from './statistics.ts';
import type { SecuredBy, TransportSecurity } from './transport-security.ts';

/** How long running commands have to finish when the server stops, before they are interrupted. */
const graceMs = 5000;

/** How often connections are looked at that owe something. */
const lateCheckMs = 1000;

/** How long interrupted commands have to come to their end, before their connections are cut. */
const lastGraceMs = 1000;

export interface WireServerOptions {
  readonly dispatcher: Dispatcher;
  readonly statistics: WireStatistics;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits: ReceivingLimits;
  /** Undefined where TLS is not spoken. */
  readonly security?: TransportSecurity | undefined;
}

export class WireServer {
  readonly #options: WireServerOptions;
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<Connection>();
  readonly #outbox = new Outbox();
  readonly #reception: Reception;
  #lateCheck: Timer | undefined = undefined;
  #lastConnectionId = 0;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(options: WireServerOptions) {
    this.#options = options;
    const { clock, log, statistics, security, limits } = options;
    this.#reception = new Reception({
      clock,
      log,
      statistics,
      security,
      handshakeTimeoutMs: limits.handshakeTimeoutMs,
      onReady: (socket, securedBy) => this.#begin(socket, securedBy),
    });
  }

  /**
   * Listens on each of these addresses at one port and answers the port; 0 takes any that is free. `onPort` is told the
   * port before the first connection is accepted.
   * Throws SocketException with the reason where one of them cannot be had; nothing listens then.
   */
  async listen(
    hosts: readonly string[],
    port: number,
    onPort: (port: number) => void = () => undefined,
  ): Promise<number> {
    let chosen = port;
    try {
      for (const host of hosts) chosen = await this.#listenOn(host, chosen, onPort);
    } catch (thrown) {
      await this.#closeListeners();
      throw thrown;
    }
    this.#lateCheck ??= this.#options.clock.every(lateCheckMs, () => this.#endLate());
    return chosen;
  }

  #listenOn(host: string, port: number, onPort: (port: number) => void): Promise<number> {
    const listener = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#reception.receive(socket));
    return new Promise((resolve, reject) => {
      listener.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new MongoError('SocketException', `cannot listen on ${host}:${port}: ${reasonOf(error)}`, { cause: error }),
        );
      });
      listener.listen({ host, port, backlog: 1024 }, () => {
        this.#listeners.push(listener);
        // Out of file descriptors, for one: whoever could not be accepted is turned away, the others go on.
        listener.on('error', (error) => this.#options.log.warn({ error, host }, 'a connection could not be accepted'));
        const { port: chosen } = listener.address() as AddressInfo;
        onPort(chosen);
        resolve(chosen);
      });
    });
  }

  #begin(socket: Socket, security: SecuredBy | undefined): void {
    const { dispatcher, statistics, log, limits } = this.#options;
    const connection = new Connection({
      id: ++this.#lastConnectionId,
      socket,
      security,
      limits,
      dispatcher,
      outbox: this.#outbox,
      statistics,
      log,
      onEnded: (ended) => this.#forget(ended),
    });
    this.#connections.add(connection);
    log.debug(
      { connection: connection.id, remote: connection.remoteAddress, protocol: security?.protocol },
      'connection accepted',
    );
  }

  #endLate(): void {
    this.#reception.endLate();
    const nowMs = this.#options.clock.monotonicMs();
    for (const connection of this.#connections) connection.endIfLate(nowMs);
  }

  #forget(connection: Connection): void {
    this.#options.statistics.connections.current--;
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  /**
   * Stops listening, lets running commands finish and ends every connection. Commands that take too long are interrupted;
   * connections that even then do not end are cut.
   */
  async stop(): Promise<void> {
    const closed = this.#closeListeners();
    this.#lateCheck?.cancel();
    this.#reception.close();
    for (const connection of [...this.#connections]) connection.finish();
    await this.#emptyWithin(graceMs);
    for (const connection of [...this.#connections]) connection.interrupt();
    await this.#emptyWithin(lastGraceMs);
    for (const connection of [...this.#connections]) connection.destroy();
    await closed;
  }

  /** Bounded by real time: a server's own clock may stand still in a test. */
  #emptyWithin(waitMs: number): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = systemClock.after(waitMs, resolve);
      this.#whenEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #closeListeners(): Promise<void> {
    const closing = this.#listeners.splice(0).map(
      (listener) =>
        new Promise<void>((resolve) => {
          listener.close(() => resolve());
        }),
    );
    return Promise.all(closing).then(() => undefined);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Address already in use',
  EACCES: 'Permission denied',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENOTFOUND: 'Unknown host',
};

function reasonOf(error: NodeJS.ErrnoException): string {
  return reasons[error.code ?? ''] ?? error.message;
}
