/**
 * Answers without requests. A client that sets exhaustAllowed on a getMore or on a waiting hello reads on without asking;
 * the server then puts the next request to itself, under the id of its last answer, until there is nothing more to come.
 */
import { document, type Literal } from '../bson/literal.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Reply } from '../command/command.ts';
import type { WireRequest } from '../wire/request.ts';

/** The request that follows this one's successful reply, or undefined where the client has to ask again. */
export function nextRequest(
  request: WireRequest,
  commandName: string,
  reply: Reply | BsonDocument,
): WireRequest | undefined {
  switch (commandName) {
    case 'getMore':
      return hasOpenCursor(reply) ? request : undefined;
    case 'hello':
    case 'isMaster':
    case 'ismaster':
      return nextHello(request, field(reply, 'topologyVersion'));
    default:
      return undefined;
  }
}

function hasOpenCursor(reply: Reply | BsonDocument): boolean {
  const id = field(field(reply, 'cursor'), 'id');
  return id !== undefined && id !== 0n && id !== 0;
}

/** A hello that waits, from the state of the topology that the last one showed. */
function nextHello(request: WireRequest, topologyVersion: Literal): WireRequest | undefined {
  if (topologyVersion === undefined || !request.body.has('topologyVersion')) return undefined;
  const fields = request.body.toFields();
  fields.set('topologyVersion', document({ topologyVersion }).get('topologyVersion') as Value);
  return { ...request, body: BsonDocument.fromBytes(encodeDocument(BsonDocument.fromFields(fields))) };
}

function field(holder: Literal, name: string): Literal {
  if (holder instanceof BsonDocument) return holder.get(name);
  if (typeof holder !== 'object' || holder === null) return undefined;
  return (holder as Reply)[name];
}
