/** One start within a process: `startServer` on memory until the first reply is there. Modules are loaded before. */
import { connect } from 'node:net';
import { pathToFileURL } from 'node:url';
import { repositoryRoot, serveRequests } from '../child.ts';
import { encodeMessage } from '../load/message.ts';

export type StartupRequest = Readonly<Record<string, never>>;

serveRequests(async (_request: StartupRequest): Promise<number> => {
  const library: typeof import('../../src/index.ts') = await import(
    pathToFileURL(`${repositoryRoot}dist/index.js`).href
  );
  const hello = encodeMessage({ hello: 1, $db: 'admin' }).bytes;
  const startedMs = performance.now();
  const server = await library.startServer({ storageEngine: 'memory' });
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1' }, () => socket.write(hello));
    socket.once('error', reject);
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
  });
  return performance.now() - startedMs;
});
