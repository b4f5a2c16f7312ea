/**
 * The floor: the same sockets and the same framing as our server, and answers that lie ready. What a server takes longer
 * than this, it takes for its own work.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { FrameReader } from '../../src/wire/framing.ts';
import { headerBytes, OpCode, opCodeOf, requestIdOf } from '../../src/wire/header.ts';
import { serveRequests } from '../child.ts';
import type { FloorReplies } from './floor.ts';

/** Behind header, flags and the section's kind stand the document's length and its first element's type. */
const commandNameAt = headerBytes + 4 + 1 + 4 + 1;
const responseToAt = 8;

let replies: ReadonlyMap<string, Buffer> = new Map();

function answer(frame: Buffer): Buffer | undefined {
  const isQuery = opCodeOf(frame) === OpCode.query;
  const name = isQuery ? 'query' : frame.toString('latin1', commandNameAt, frame.indexOf(0, commandNameAt));
  const canned = replies.get(name) ?? replies.get('ping');
  if (canned === undefined) return undefined;
  const reply = Buffer.from(canned);
  reply.writeInt32LE(requestIdOf(frame), responseToAt);
  return reply;
}

function serve(socket: Socket): void {
  const frames = new FrameReader();
  socket.on('data', (chunk: Buffer) => {
    frames.push(chunk);
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      const reply = answer(frame);
      if (reply !== undefined) socket.write(reply);
    }
  });
  socket.on('error', () => socket.destroy());
}

const listener = createServer({ noDelay: true }, serve);

serveRequests(async (request: FloorReplies): Promise<number> => {
  replies = new Map([...request].map(([name, bytes]) => [name, Buffer.from(bytes)]));
  if (listener.listening) return (listener.address() as AddressInfo).port;
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port));
  });
});
