import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeServer, okReply } from '../fake-server.ts';
import { decodeDocument, encodeDocument } from './bson-codec.ts';
import { document, field, int } from './value.ts';
import { ConnectionClosed, firstAddress, NoAnswer, WireClient } from './wire-client.ts';

const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

const ping = encodeDocument(document([['ping', int(1)]]));

/** A server that answers its first request as it should, and then does as told. */
async function startRaw(afterHello: (socket: Socket) => void): Promise<WireClient> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      const body = encodeDocument(okReply());
      const prefix = Buffer.alloc(21);
      prefix.writeInt32LE(21 + body.length, 0);
      prefix.writeInt32LE(request.readInt32LE(4), 8);
      prefix.writeInt32LE(2013, 12);
      socket.write(Buffer.concat([prefix, body]));
      socket.on('data', () => afterHello(socket));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  closings.push(() => server.close());
  const client = await WireClient.connect({
    host: '127.0.0.1',
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
  });
  closings.unshift(() => client.close());
  return client;
}

describe('the wire client', () => {
  it('gives each of several open requests its own reply', async () => {
    let count = 0;
    const server = await FakeServer.start(() => {
      count += 1;
      return okReply(['n', int(count)]);
    });
    const client = await WireClient.connect(firstAddress(server.uri));
    closings.push(
      () => client.close(),
      () => server.stop(),
    );
    const replies = await Promise.all([1, 2, 3].map(() => client.request(ping, 1000)));
    expect(replies.map((reply) => field(decodeDocument(reply), 'n'))).toEqual([int(2), int(3), int(4)]);
  });

  it('gives up on a server that keeps silent, and closes the connection', async () => {
    const client = await startRaw(() => undefined);
    await expect(client.request(ping, 20)).rejects.toThrow(NoAnswer);
    expect(client.isOpen).toBe(false);
    await expect(client.request(ping, 20)).rejects.toThrow(ConnectionClosed);
  });

  it('closes the connection on bytes that are no answer', async () => {
    const client = await startRaw((socket) => socket.write(Buffer.alloc(64)));
    await expect(client.request(ping, 1000)).rejects.toThrow('a message of 0 bytes');
    expect(client.isOpen).toBe(false);
  });

  it('reports a server that is not there', async () => {
    await expect(WireClient.connect({ host: '127.0.0.1', port: 1 })).rejects.toThrow();
  });
});
