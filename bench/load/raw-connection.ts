import { connect } from 'node:net';
import { FrameReader } from '../../src/wire/framing.ts';

/** Sends messages on one connection, one after the other, and answers the reply frames. */
export async function exchange(port: number, messages: readonly Buffer[]): Promise<Buffer[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const frames = new FrameReader();
  const replies: Buffer[] = [];
  try {
    for (const message of messages) {
      replies.push(
        await new Promise<Buffer>((resolve, reject) => {
          const receive = (chunk: Buffer): void => {
            frames.push(chunk);
            const frame = frames.next();
            if (frame === undefined) return;
            socket.off('data', receive);
            resolve(Buffer.from(frame));
          };
          socket.on('data', receive);
          socket.once('error', reject);
          socket.write(message);
        }),
      );
    }
    return replies;
  } finally {
    socket.destroy();
  }
}
