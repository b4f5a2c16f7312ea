#!/usr/bin/env node
/** The program: options to engine to server, and an exit code that says how it ended. */
import { type CommandLine, parseCommandLine, shownWords } from './cli/command-line.ts';
import { tlsSettings } from './cli/tls-options.ts';
import type { CodeName } from './error/codes.ts';
import { MongoError } from './error/mongo-error.ts';
import type { Log } from './log.ts';
import type { RunningServer } from './start-server.ts';

/** mongod's exit codes. */
const exitCodes: Partial<Record<CodeName, number>> = {
  SocketException: 48,
  InvalidOptions: 2,
  BadValue: 2,
  InvalidSSLConfiguration: 2,
};
const otherExitCode = 100;

async function main(): Promise<void> {
  const commandLine = await parseCommandLine(process.argv.slice(2));
  if ('exitCode' in commandLine) {
    process.stdout.write(commandLine.stdout);
    process.stderr.write(commandLine.stderr);
    process.exitCode = commandLine.exitCode;
    return;
  }
  try {
    await serve(commandLine);
  } catch (thrown) {
    process.stderr.write(`sojourn cannot start: ${thrown instanceof Error ? thrown.message : thrown}\n`);
    process.exit((thrown instanceof MongoError && exitCodes[thrown.codeName]) || otherExitCode);
  }
}

async function serve({ options, parameters, parsed }: CommandLine): Promise<void> {
  // Only now, so that help, version and wrong options are answered at once.
  const [{ openLog }, { startServer }] = await Promise.all([import('./cli/log.ts'), import('./start-server.ts')]);
  const log = openLog({ path: options.logPath, quiet: options.quiet, verbosity: options.verbosity });
  const server = await startServer({
    storageEngine: options.storageEngine,
    dbPath: options.dbPath,
    port: options.port,
    host: options.bindIpAll ? '*' : options.bindIp,
    replicaSet: options.replSet,
    standalone: options.standalone,
    maxIncomingConnections: options.maxConns,
    auth: options.authorization === 'enabled',
    keyFile: options.keyFile === '' ? undefined : options.keyFile,
    transitionToAuth: options.transitionToAuth,
    javascript: options.javascriptEnabled,
    tls: tlsSettings(options),
    parameters,
    log,
    commandLine: { argv: ['sojourn', ...shownWords(process.argv.slice(2))], parsed },
  });
  process.stdout.on('error', () => undefined);
  process.stdout.write(`Sojourn is ready at ${server.uri}\n`);
  keepServing(log);
  stopAtSignals(server);
  await server.stopped;
  process.exit(0);
}

/** What no command caught is our own bug; the log has it, and the others go on being served. */
function keepServing(log: Log): void {
  process.on('uncaughtException', (error) => log.error({ error }, 'uncaught exception'));
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'));
}

/** The first signal stops the server in order; a second one of the same kind ends the process at once. */
function stopAtSignals(server: RunningServer): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop());
}

await main();
