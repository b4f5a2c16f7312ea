import { Worker } from '../child.ts';
import { encodeMessage, encodeOldHello } from '../load/message.ts';
import { exchange } from '../load/raw-connection.ts';
import type { Reached } from '../server.ts';

/** Reply frames by the name of the command; `query` answers the first hello, `ping` what has no reply of its own. */
export type FloorReplies = ReadonlyMap<string, Uint8Array>;

export type Floor = Reached & AsyncDisposable;

/** The replies that our server gives, recorded, so that both sides answer with the same bytes. */
export async function recordReplies(
  port: number,
  messages: Readonly<Record<string, Buffer>>,
): Promise<Map<string, Uint8Array>> {
  const all: Readonly<Record<string, Buffer>> = {
    query: encodeOldHello(),
    hello: encodeMessage({ hello: 1, $db: 'admin' }).bytes,
    ping: encodeMessage({ ping: 1, $db: 'admin' }).bytes,
    ...messages,
  };
  const replies = await exchange(port, Object.values(all));
  return new Map(Object.keys(all).map((name, index) => [name, replies[index] as Buffer]));
}

/** Starts a floor that gives these replies. */
export async function startFloor(replies: FloorReplies): Promise<Floor> {
  const worker = new Worker<FloorReplies, number>('floor/floor-process.ts');
  const port = await worker.ask(replies);
  return { port, pid: worker.pid, [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose]() };
}
