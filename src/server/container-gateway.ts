/**
 * The way into a container. What comes through a port that the container's host publishes arrives from the gateway of the
 * container's network, whoever sent it; other containers come under their own addresses.
 */
import { existsSync, readFileSync } from 'node:fs';

/** Files that Docker and Podman put into their containers. */
const containerMarks = ['/.dockerenv', '/run/.containerenv'];
const routes = '/proc/net/route';

/** Addresses of the gateways, none outside of a container. */
export function containerGateways(): ReadonlySet<string> {
  if (!containerMarks.some((path) => existsSync(path)) || !existsSync(routes)) return new Set();
  return gatewaysOf(readFileSync(routes, 'latin1'));
}

/** The gateways of Linux's table of routes: interface, destination and gateway in hexadecimal, lowest byte first. */
export function gatewaysOf(table: string): ReadonlySet<string> {
  const gateways = new Set<string>();
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway] = line.split(/\s+/);
    if (destination !== '00000000' || gateway === undefined || gateway === '00000000') continue;
    gateways.add([...Buffer.from(gateway, 'hex')].reverse().join('.'));
  }
  return gateways;
}
