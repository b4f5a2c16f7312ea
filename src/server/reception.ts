/**
 * Where sockets wait until they may speak:
 *
 *   accepted ─┬─ too many are open ──► turned away
 *             └─► waiting ─┬─ TLS is agreed on, or not asked for ──► ready
 *                          └─ not in time, or with the wrong certificate ──► refused
 *
 * Whoever waits counts as a connection, so that strangers who never finish a handshake are bounded as all others.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import type { Log } from '../log.ts';
import type { WireStatistics } from './statistics.ts';
import type { SecuredBy, TransportSecurity } from './transport-security.ts';

export interface ReceptionOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: WireStatistics;
  /** Undefined where TLS is not spoken. */
  readonly security: TransportSecurity | undefined;
  /** How long a handshake may take. */
  readonly handshakeTimeoutMs: () => number;
  readonly onReady: (socket: Socket, security: SecuredBy | undefined) => void;
}

export class Reception {
  readonly #options: ReceptionOptions;
  readonly #waiting = new Map<Socket, { readonly sinceMs: number }>();

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  receive(socket: Socket): void {
    const { clock, log, statistics, security, onReady } = this.#options;
    const { connections } = statistics;
    const { remoteAddress, remotePort } = socket;
    const remote = `${remoteAddress}:${remotePort}`;
    if (connections.current >= connections.limit) {
      connections.rejected++;
      socket.destroy();
      log.warn({ remote, limit: connections.limit }, 'connection refused because there are too many open connections');
      return;
    }
    connections.totalCreated++;
    connections.current++;
    if (security === undefined) {
      onReady(socket, undefined);
      return;
    }
    this.#waiting.set(socket, { sinceMs: clock.monotonicMs() });
    socket.once('close', () => this.#leave(socket));
    security.receive(socket, {
      ready: (spoken, securedBy) => {
        this.#waiting.delete(socket);
        onReady(spoken, securedBy);
      },
      refused: (reason) => log.warn({ remote, reason }, 'connection refused'),
    });
  }

  /** Ends those who have waited too long. */
  endLate(): void {
    const { clock, log, handshakeTimeoutMs } = this.#options;
    const latestMs = clock.monotonicMs() - handshakeTimeoutMs();
    for (const [socket, { sinceMs }] of this.#waiting) {
      if (sinceMs > latestMs) continue;
      log.warn({ remote: socket.remoteAddress }, 'connection ended: no TLS handshake in time');
      socket.destroy();
    }
  }

  /** Ends all who wait. */
  close(): void {
    for (const socket of this.#waiting.keys()) socket.destroy();
  }

  #leave(socket: Socket): void {
    if (this.#waiting.delete(socket)) this.#options.statistics.connections.current--;
  }
}
