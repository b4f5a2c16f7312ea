/**
 * Where somebody may log in from (manual, "Authentication Restrictions"): each restriction is met when the client's address
 * lies in one of `clientSource` and the address that it reached the server at in one of `serverAddress`.
 */
import { BlockList, isIP } from 'node:net';
import { arrayOf, optional, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';

export interface AuthenticationRestriction {
  /** Addresses or ranges (CIDR); undefined: any. */
  readonly clientSource: readonly string[] | undefined;
  readonly serverAddress: readonly string[] | undefined;
}

const parse = structure('authenticationRestrictions', {
  clientSource: optional(arrayOf(string)),
  serverAddress: optional(arrayOf(string)),
});

/** One element of a document's `authenticationRestrictions`. Throws BadValue for what is no address. */
export function parseRestriction(value: Value): AuthenticationRestriction {
  if (!(value instanceof BsonDocument)) {
    throw new MongoError('UnsupportedFormat', "'authenticationRestrictions' array must contain objects");
  }
  const { clientSource, serverAddress } = parse(value);
  if (clientSource === undefined && serverAddress === undefined) {
    throw new MongoError(
      'BadValue',
      'an authentication restriction names at least one of clientSource and serverAddress',
    );
  }
  for (const range of [...(clientSource ?? []), ...(serverAddress ?? [])]) rangeOf(range);
  return { clientSource, serverAddress };
}

/** As documents and usersInfo show it. */
export function restrictionDocument({ clientSource, serverAddress }: AuthenticationRestriction): BsonDocument {
  const fields = new Map<string, Value>();
  if (clientSource !== undefined) fields.set('clientSource', clientSource);
  if (serverAddress !== undefined) fields.set('serverAddress', serverAddress);
  return BsonDocument.fromFields(fields);
}

/**
 * Whether a login is allowed: at least one restriction is met, or there is none. Addresses as `address:port` or
 * `[address]:port`.
 */
export function areMet(restrictions: readonly AuthenticationRestriction[], client: string, server: string): boolean {
  if (restrictions.length === 0) return true;
  return restrictions.some(
    ({ clientSource, serverAddress }) => isAmong(client, clientSource) && isAmong(server, serverAddress),
  );
}

function isAmong(address: string, ranges: readonly string[] | undefined): boolean {
  if (ranges === undefined) return true;
  const plain = plainAddress(address);
  const family = familyOf(plain);
  if (family === undefined) return false;
  return ranges.some((range) => listOf(range).check(plain, family));
}

/** Without the port and its brackets; an IPv4 address that came over IPv6 as IPv4. */
export function plainAddress(address: string): string {
  const inBrackets = /^\[(.*)\](:\d+)?$/.exec(address);
  const host = inBrackets?.[1] ?? address.replace(/^([^:]*):\d+$/, '$1');
  return host.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

type Family = 'ipv4' | 'ipv6';

function familyOf(address: string): Family | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}

interface Range {
  readonly address: string;
  readonly family: Family;
  readonly prefixBits: number;
}

function rangeOf(text: string): Range {
  const [address = '', bits] = text.split('/', 2);
  const family = familyOf(address);
  const longest = family === 'ipv4' ? 32 : 128;
  const prefixBits = bits === undefined ? longest : /^\d+$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === undefined || !(prefixBits <= longest)) {
    throw new MongoError('BadValue', `'${text}' is not an IP address or a CIDR range`);
  }
  return { address, family, prefixBits };
}

const lists = new Map<string, BlockList>();
const mostLists = 1000;

function listOf(text: string): BlockList {
  const known = lists.get(text);
  if (known !== undefined) return known;
  const { address, family, prefixBits } = rangeOf(text);
  const list = new BlockList();
  list.addSubnet(address, prefixBits, family);
  if (lists.size >= mostLists) lists.clear();
  lists.set(text, list);
  return list;
}
