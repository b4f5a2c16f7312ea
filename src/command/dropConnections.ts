import { any, type FieldParser, optional, required, string, wrongType } from '../bson/structure.ts';
import { isNullish } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const hosts: FieldParser<readonly string[]> = (value, path) => {
  if (!Array.isArray(value)) throw wrongType(value, path, 'array');
  return value.filter((element) => !isNullish(element)).map((element, at) => string(element, `${path}.${at}`));
};

const parse = commandArguments('dropConnections', {
  dropConnections: optional(any),
  hostAndPort: required(hosts),
});

/** dropConnections: ends connections from this server to others (manual, "dropConnections"); it has none, so none is ended. */
export const dropConnections: Command = {
  ...diagnostic,
  name: 'dropConnections',
  help: 'end connections from this server to others',
  isAdminOnly: true,
  privilege: { action: 'dropConnections', resource: 'cluster' },
  run(_operation, request) {
    for (const host of parse(request.body).hostAndPort) checkHost(host);
    return {};
  },
};

const largestPort = 65_535;

/** Throws FailedToParse unless this is a host, with or without a port. */
function checkHost(text: string): void {
  const bracketed = /^\[[^\]]+\](?::(.*))?$/.exec(text);
  const plain = /^[^:]+(?::([^:]*))?$/.exec(text);
  const parts = bracketed ?? plain;
  if (parts === null) {
    throw new MongoError('FailedToParse', `'${text}' is not a host, with or without a port`);
  }
  const port = parts[1];
  if (port === undefined) return;
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > largestPort) {
    throw new MongoError('FailedToParse', `port number must be between 1 and ${largestPort}: '${text}'`);
  }
}
