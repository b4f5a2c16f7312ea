/** Connection strings of the clients that a test asks for. */
import { BadTest } from './failure.ts';

export interface ClientUri {
  /** URI options of the entity; they override those of the string. */
  readonly uriOptions?: Readonly<Record<string, unknown>>;
  /** Keep only the first of several hosts. */
  readonly singleHost?: boolean;
}

/** The connection string of the deployment as a client entity wants it. Throws `BadTest` for a placeholder. */
export function buildClientUri(uri: string, { uriOptions = {}, singleHost = false }: ClientUri): string {
  const [address = '', query = ''] = uri.split('?');
  const parameters = new URLSearchParams(query);
  const isDirect = uriOptions.directConnection === true;
  if (isDirect) parameters.delete('replicaSet');
  for (const [name, value] of Object.entries(uriOptions)) {
    removeIgnoringCase(parameters, name);
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(name, requireText(name, item));
  }
  const hosts = hostsOf(uri);
  const kept = singleHost || isDirect ? hosts.slice(0, 1) : hosts;
  return `${address.replace(hosts.join(','), kept.join(','))}?${parameters}`;
}

/** `host:port` of every node. */
export function hostsOf(uri: string): string[] {
  const match = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/.exec(uri);
  if (match?.[1] === undefined) throw new Error(`not a connection string: ${uri}`);
  return match[1].split(',');
}

function removeIgnoringCase(parameters: URLSearchParams, name: string): void {
  const same = [...parameters.keys()].filter((key) => key.toLowerCase() === name.toLowerCase());
  for (const key of same) parameters.delete(key);
}

function requireText(name: string, value: unknown): string {
  if (typeof value === 'object')
    throw new BadTest(`nothing is known to put in place of ${JSON.stringify(value)} for ${name}`);
  return String(value);
}
