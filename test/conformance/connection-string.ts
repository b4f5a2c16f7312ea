/** Connection strings: of the deployment, of its nodes, of the clients that a test asks for. */
export interface ClientUri {
  /** URI options of the entity; they override those of the string. */
  readonly uriOptions?: Readonly<Record<string, unknown>>;
  /** Keep only the first of several hosts. */
  readonly singleHost?: boolean;
}

/** The connection string of the deployment as a client wants it. Throws for an option that is no plain value. */
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

/** The connection string of one node alone: direct, and without the replica set's name. */
export function nodeUri(uri: string, host: string): string {
  const direct = buildClientUri(uri, { uriOptions: { directConnection: true }, singleHost: true });
  return direct.replace(hostsOf(direct).join(','), host);
}

/** One connection string that names the hosts of all, with the options of the first. */
export function joinUris(uris: readonly string[]): string {
  const [first = ''] = uris;
  return first.replace(hostsOf(first).join(','), uris.flatMap(hostsOf).join(','));
}

function removeIgnoringCase(parameters: URLSearchParams, name: string): void {
  const same = [...parameters.keys()].filter((key) => key.toLowerCase() === name.toLowerCase());
  for (const key of same) parameters.delete(key);
}

function requireText(name: string, value: unknown): string {
  if (typeof value === 'object')
    throw new Error(`nothing is known to put in place of ${JSON.stringify(value)} for ${name}`);
  return String(value);
}
