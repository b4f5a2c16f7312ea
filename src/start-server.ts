/** The way to a running server from within a process. */
import { readKeyFile } from './access/key-file.ts';
import { assemble } from './assemble.ts';
import { document } from './bson/literal.ts';
import { type Clock, systemClock } from './clock/clock.ts';
import { type Randomness, systemRandomness } from './clock/randomness.ts';
import type { FirstUser } from './command/access/first-users.ts';
import { type Log, silentLog } from './log.ts';
import { ParameterStore } from './parameter/parameter.ts';
import type { TlsSettings } from './server/tls-settings.ts';
import { type EngineName, openEngine } from './storage/open-engine.ts';

export interface ServerOptions {
  /** Where data is kept. Default: `lmdb` where `dbPath` is given, else `memory`, which forgets everything at the end. */
  readonly storageEngine?: EngineName;
  /** Directory of a durable engine; made when missing. Default: `./data`. */
  readonly dbPath?: string;
  /** Default 0: any port that is free. */
  readonly port?: number;
  /** Address or addresses to listen on; `*` is all. Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string | readonly string[];
  /** Name of the replica set, whose only member and primary the server shows itself as. Default: `rs0`. */
  readonly replicaSet?: string;
  /** Show a standalone instead: without transactions and retryable writes. Default: false. */
  readonly standalone?: boolean;
  /** Access control: clients have to log in, and may do what their roles allow. Default: false. */
  readonly auth?: boolean;
  /** Users to make where the store does not have them, before the first client is served. Default: none. */
  readonly users?: readonly FirstUser[];
  /** File with the secret that the nodes of one cluster share; switches `auth` on. Default: none. */
  readonly keyFile?: string | undefined;
  /** Clients may log in, and those that do not are served all the same, whatever `auth` says. Default: false. */
  readonly transitionToAuth?: boolean;
  /** Whether functions of clients run ($where, $function, $accumulator), in a sandbox. Default: true. */
  readonly javascript?: boolean;
  /** Encryption, and certificates of clients. Default: none. */
  readonly tls?: TlsSettings | undefined;
  /** Connections that may be open at a time; whoever comes then is turned away. Default: 1,000,000. */
  readonly maxIncomingConnections?: number;
  /** Server parameters by name, as setParameter takes them. */
  readonly parameters?: Readonly<Record<string, number | boolean | string>>;
  /** What tells the time; tests hand in a `ManualClock`. Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly randomness?: Randomness;
  /** Where to tell what happens; a pino logger will do. Default: nowhere. */
  readonly log?: Log;
  /** What getCmdLineOpts shows. Default: nothing. */
  readonly commandLine?: { readonly argv: readonly string[]; readonly parsed: Parameters<typeof document>[0] };
}

export interface RunningServer {
  /** Connection string, as drivers take it. */
  readonly uri: string;
  readonly port: number;
  /** Finishes running commands, ends every connection and closes the store. May be called again. */
  stop(): Promise<void>;
  /** Resolves when the server has stopped, whoever told it to. */
  readonly stopped: Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const defaultHost = '127.0.0.1';

/**
 * Starts a server and resolves when it can be connected to. Servers in one process share nothing.
 * @throws MongoError SocketException where address or port cannot be had; DBPathInUse, UnsupportedFormat and others of the
 *   storage engine; InvalidOptions, BadValue for wrong parameters and for a key file that cannot be used; what createUser throws for `users`.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const clock = options.clock ?? systemClock;
  const parameters = new ParameterStore();
  for (const [name, value] of Object.entries(options.parameters ?? {})) parameters.set(name, value, 'startup');
  const hosts = listOf(options.host ?? defaultHost);
  const replicaSet = options.standalone === true ? undefined : (options.replicaSet ?? 'rs0');
  const storageEngine = options.storageEngine ?? (options.dbPath === undefined ? 'memory' : 'lmdb');
  const tls = options.tls?.mode === 'disabled' ? undefined : options.tls;
  const clusterKeys = options.keyFile === undefined ? [] : await readKeyFile(options.keyFile);
  const isAuthAsked = options.auth === true || options.keyFile !== undefined;
  const engine = await openEngine(storageEngine, { dbPath: options.dbPath ?? './data', clock });

  let stopping: Promise<void> | undefined;
  let announceStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    announceStopped = resolve;
  });
  const stop = (): Promise<void> => {
    stopping ??= assembly.stop().finally(announceStopped);
    return stopping;
  };
  const assembly = await assemble({
    engine,
    clock,
    randomness: options.randomness ?? systemRandomness,
    parameters,
    log: options.log ?? silentLog,
    replicaSet,
    isAccessControlled: isAuthAsked && options.transitionToAuth !== true,
    clusterKeys,
    scripting: options.javascript === false ? 'disabled' : 'enabled',
    tls,
    maxIncomingConnections: options.maxIncomingConnections ?? 1_000_000,
    argv: options.commandLine?.argv ?? [],
    parsedOptions: document(options.commandLine?.parsed ?? {}),
    shutdown: () => void stop(),
  }).catch(async (thrown: unknown) => {
    await engine.close();
    throw thrown;
  });
  const host = advertised(hosts);
  try {
    await assembly.addUsers(options.users ?? []);
    const port = await assembly.listen(hosts, options.port ?? 0, host);
    return { uri: uriOf({ host, port, replicaSet, tls }), port, stop, stopped, [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** What clients need to know that can be told in a connection string; certificates they bring themselves. */
function uriOf(at: {
  readonly host: string;
  readonly port: number;
  readonly replicaSet: string | undefined;
  readonly tls: TlsSettings | undefined;
}): string {
  const query: string[] = [];
  if (at.replicaSet !== undefined) query.push(`replicaSet=${encodeURIComponent(at.replicaSet)}`);
  if (at.tls !== undefined && (at.tls.mode ?? 'requireTLS') === 'requireTLS') query.push('tls=true');
  return `mongodb://${at.host}:${at.port}/${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** Names that are taken as addresses, as mongod does. */
const addressByName: Readonly<Record<string, string>> = { '*': '0.0.0.0', localhost: '127.0.0.1' };

function listOf(host: string | readonly string[]): string[] {
  const names = (typeof host === 'string' ? host.split(',') : host).map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => addressByName[name] ?? name);
}

/** The address that clients are told: the first that is one, as "all addresses" is none to connect to (`shownHost`). */
function advertised(hosts: readonly string[]): string {
  const first = hosts.find((host) => host !== '0.0.0.0' && host !== '::') ?? defaultHost;
  return first.includes(':') ? `[${first}]` : first;
}
