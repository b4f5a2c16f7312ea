import type { ClientConnection } from '../session/operation.ts';
import type { ServerIdentity } from './services.ts';

/**
 * The `host:port` that a client is told to connect to. A server on all addresses has no name that every client could
 * resolve (in a container least of all), but the address that a client came to has just been shown to reach it. Only who
 * comes into a container through a published port cannot see that address: from the machine that publishes it, the server
 * is at 127.0.0.1.
 */
export function shownHost({ host, reach }: ServerIdentity, client: ClientConnection): string {
  if (reach.kind === 'fixed') return host;
  const peer = client.remoteAddress.replace(/:\d+$/, '');
  return reach.gateways.has(peer) ? host : client.localAddress;
}
