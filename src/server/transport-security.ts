/**
 * TLS on the way in:
 *
 *   socket ─ first 16 bytes ─┬─ a TLS hello ──► handshake ─► the client's certificate ─► secured socket
 *                            └─ a message ────────────────────────────────────────────► the socket as it is
 *
 * Both kinds come to one port; the mode says which are let in. A TLS hello begins with 0x16 0x03; so may the length of a
 * message, but then its op code, at the same place as bytes of the hello's random number, is one of the few that exist.
 *
 * What is decided here about a certificate is all that the rest of the server relies on: a subject stands only for a
 * certificate that an authority of ours vouches for.
 */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { subjectName } from '../auth/x509-subject.ts';
import type { Clock } from '../clock/clock.ts';
import type { TransportSecurity as Rotating, TlsStatus } from '../command/services.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Log } from '../log.ts';
import { headerBytes, OpCode, opCodeOf } from '../wire/header.ts';
import { readTlsMaterial, type TlsMaterial, type TlsSettings } from './tls-settings.ts';

/** What a connection was secured with. */
export interface SecuredBy {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  /** Subject of the client's valid certificate (RFC 2253); undefined where it brought none, or one that is not valid. */
  readonly certificateSubject: string | undefined;
}

/** What becomes of a socket. One of the two is called once, or neither where the socket closes before. */
export interface Arrival {
  /** It may speak; `security` is undefined without TLS. */
  ready(socket: Socket, security: SecuredBy | undefined): void;
  /** It may not; the socket has been destroyed. */
  refused(reason: string): void;
}

const opCodes: ReadonlySet<number> = new Set(Object.values(OpCode));

export class TransportSecurity implements Rotating {
  readonly #settings: TlsSettings;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #server: Server;
  /** Handshakes that are under way, by the two ends of their connection. */
  readonly #arrivals = new Map<string, Arrival>();
  readonly #protocols = new Map<string, number>();
  #material: TlsMaterial;

  private constructor(settings: TlsSettings, material: TlsMaterial, log: Log, clock: Clock) {
    this.#settings = settings;
    this.#material = material;
    this.#log = log;
    this.#clock = clock;
    this.#server = createServer({
      ...material.context,
      requestCert: material.context.ca !== undefined,
      // Whether a certificate will do is decided below, where it can be logged.
      rejectUnauthorized: false,
      // Whoever takes too long is cut by the listener, by the clock that the server was given.
      handshakeTimeout: 2 ** 31 - 1,
    });
    this.#server.on('secureConnection', (socket) => this.#secured(socket));
    this.#server.on('tlsClientError', (error, socket) => {
      this.#arrivals.get(endsOf(socket))?.refused(`TLS handshake failed: ${error.message}`);
      socket.destroy();
    });
  }

  /** Reads the settings' files. Throws as `readTlsMaterial` does. */
  static async open(settings: TlsSettings, log: Log, clock: Clock): Promise<TransportSecurity> {
    const material = await readTlsMaterial(settings, clock.nowMs());
    if (material.context.ca === undefined) {
      log.warn(
        {},
        'no client certificate can be asked for or checked, as there is neither tlsCAFile nor tlsUseSystemCA',
      );
    }
    return new TransportSecurity(settings, material, log, clock);
  }

  /** Finds out what the client speaks, and brings its socket to where messages can be read from it. */
  receive(socket: Socket, arrival: Arrival): void {
    // Of its end the owner is told by 'close'; without a listener an error would be our process's.
    socket.on('error', (error) => this.#log.debug({ error }, 'socket failed before its first message'));
    const look = (): void => {
      const head: Buffer | null = socket.read(headerBytes);
      if (head === null) return;
      socket.off('readable', look);
      socket.unshift(head);
      this.#decide(socket, head, arrival);
    };
    socket.on('readable', look);
    look();
  }

  #decide(socket: Socket, head: Buffer, arrival: Arrival): void {
    const isTls = head[0] === 0x16 && head[1] === 0x03 && !(head.length >= headerBytes && opCodes.has(opCodeOf(head)));
    if (!isTls) {
      if (this.#settings.mode === 'allowTLS' || this.#settings.mode === 'preferTLS') {
        arrival.ready(socket, undefined);
        return;
      }
      socket.destroy();
      arrival.refused('The server is configured to only allow SSL connections');
      return;
    }
    const ends = endsOf(socket);
    this.#arrivals.set(ends, arrival);
    socket.once('close', () => this.#arrivals.delete(ends));
    this.#server.emit('connection', socket);
  }

  #secured(socket: TLSSocket): void {
    const ends = endsOf(socket);
    const arrival = this.#arrivals.get(ends);
    this.#arrivals.delete(ends);
    if (arrival === undefined) {
      socket.destroy();
      return;
    }
    const reason = this.#objection(socket);
    if (reason !== undefined) {
      socket.destroy();
      arrival.refused(reason);
      return;
    }
    const protocol = socket.getProtocol() ?? 'unknown';
    this.#protocols.set(protocol, (this.#protocols.get(protocol) ?? 0) + 1);
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    arrival.ready(socket, { protocol, certificateSubject: certificate && subjectName(certificate.raw) });
  }

  /** Why a client's certificate, or that it has none, keeps it out. */
  #objection(socket: TLSSocket): string | undefined {
    const { allowConnectionsWithoutCertificates, allowInvalidCertificates } = this.#settings;
    if (this.#material.context.ca === undefined || socket.authorized) return undefined;
    if (socket.getPeerX509Certificate() === undefined) {
      return allowConnectionsWithoutCertificates === true
        ? undefined
        : 'no SSL certificate provided by peer; connection rejected';
    }
    const reason = `SSL peer certificate validation failed: ${socket.authorizationError}`;
    if (allowInvalidCertificates !== true) return reason;
    this.#log.warn({ remote: socket.remoteAddress, reason }, 'a client with an invalid certificate is let in');
    return undefined;
  }

  /** Reads the files anew, for connections to come. Where one is wrong, throws and goes on with what it has. */
  async rotate(): Promise<void> {
    const material = await readTlsMaterial(this.#settings, this.#clock.nowMs());
    try {
      this.#server.setSecureContext(material.context);
    } catch (thrown) {
      this.#server.setSecureContext(this.#material.context);
      throw new MongoError('InvalidSSLConfiguration', 'the certificates cannot be used for TLS', { cause: thrown });
    }
    this.#material = material;
  }

  describe(): TlsStatus {
    const { certificate } = this.#material;
    return {
      subjectName: subjectName(certificate.raw),
      hasCertificateAuthority: this.#material.context.ca !== undefined,
      expires: new Date(certificate.validTo),
      connectionsByProtocol: this.#protocols,
    };
  }
}

/** A TCP connection by its two ends, which no other open one has. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
