/**
 * Every option of the command line and every key of the configuration file: one literal table for both, with mongod's
 * names (manual, "mongod", "Self-Managed Configuration File Options").
 */
import { MongoError } from '../error/mongo-error.ts';
import { tlsModes } from '../server/tls-mode.ts';
import { engineNames } from '../storage/open-engine.ts';

/** What an option's value may be, and how it is read from a word of the command line or from YAML. */
export interface OptionKind<Value> {
  /** Throws BadValue in terms of the option's name. */
  parse(given: unknown, name: string): Value;
}

export interface OptionRow<Value> {
  /** Its form on the command line; absent where only the file has it. */
  readonly flags?: string;
  /** Its dotted key in the file; also its name in getCmdLineOpts. */
  readonly key: string;
  readonly help: string;
  readonly kind: OptionKind<Value>;
  readonly default: NoInfer<Value>;
  /** Its value is never shown: not in getCmdLineOpts, not in a log. Default: false. */
  readonly isSecret?: boolean;
}

function badValue(name: string, given: unknown, expected: string): MongoError {
  return new MongoError('BadValue', `${name} is ${JSON.stringify(given)}, but has to be ${expected}`);
}

const text: OptionKind<string> = {
  parse(given, name) {
    if (typeof given === 'string' && given !== '') return given;
    throw badValue(name, given, 'a text');
  },
};

const flag: OptionKind<boolean> = {
  parse(given, name) {
    if (typeof given === 'boolean') return given;
    throw badValue(name, given, 'true or false');
  },
};

/** mongod's `security.authorization`: a word in the file, a mere flag on the command line. */
const authorization: OptionKind<'enabled' | 'disabled'> = {
  parse(given, name) {
    if (given === true || given === 'enabled') return 'enabled';
    if (given === 'disabled') return given;
    throw badValue(name, given, 'enabled or disabled');
  },
};

/** mongod's `security.javascriptEnabled`, which the command line has the other way round. */
const javascriptEnabled: OptionKind<boolean> = {
  parse(given, name) {
    if (typeof given === 'boolean') return name.startsWith('--') ? !given : given;
    throw badValue(name, given, 'true or false');
  },
};

function integer(min: number, max: number): OptionKind<number> {
  return {
    parse(given, name) {
      const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
      throw badValue(name, given, `an integer from ${min} to ${max}`);
    },
  };
}

function oneOf<const Value extends string>(values: readonly Value[]): OptionKind<Value> {
  return {
    parse(given, name) {
      const value = values.find((each) => each === given);
      if (value !== undefined) return value;
      throw badValue(name, given, `one of ${values.join(', ')}`);
    },
  };
}

function row<Value>(option: OptionRow<Value>): OptionRow<Value> {
  return option;
}

export const optionTable = {
  dbPath: row({
    flags: '--dbpath <directory>',
    key: 'storage.dbPath',
    help: 'where data is kept; made when missing',
    kind: text,
    default: './data',
  }),
  port: row({
    flags: '--port <number>',
    key: 'net.port',
    help: 'TCP port; 0 is any free one',
    kind: integer(0, 65_535),
    default: 27_017,
  }),
  bindIp: row({
    flags: '--bind_ip <addresses>',
    key: 'net.bindIp',
    help: 'addresses to listen on, separated by commas',
    kind: text,
    default: '127.0.0.1',
  }),
  bindIpAll: row({
    flags: '--bind_ip_all',
    key: 'net.bindIpAll',
    help: 'listen on all addresses',
    kind: flag,
    default: false,
  }),
  maxConns: row({
    flags: '--maxConns <number>',
    key: 'net.maxIncomingConnections',
    help: 'connections that may be open at a time',
    kind: integer(5, 1_000_000),
    default: 1_000_000,
  }),
  tlsMode: row({
    flags: '--tlsMode <mode>',
    key: 'net.tls.mode',
    help: `one of ${tlsModes.join(', ')}`,
    kind: oneOf(tlsModes),
    default: 'disabled',
  }),
  tlsCertificateKeyFile: row({
    flags: '--tlsCertificateKeyFile <file>',
    key: 'net.tls.certificateKeyFile',
    help: "PEM file of the server's certificate and its private key",
    kind: text,
    default: '',
  }),
  tlsCertificateKeyFilePassword: row({
    flags: '--tlsCertificateKeyFilePassword <password>',
    key: 'net.tls.certificateKeyFilePassword',
    help: 'what that private key is encrypted with',
    kind: text,
    default: '',
    isSecret: true,
  }),
  tlsCAFile: row({
    flags: '--tlsCAFile <file>',
    key: 'net.tls.CAFile',
    help: "PEM file of the authorities that clients' certificates come from",
    kind: text,
    default: '',
  }),
  tlsCRLFile: row({
    flags: '--tlsCRLFile <file>',
    key: 'net.tls.CRLFile',
    help: 'PEM file of certificates that were taken back',
    kind: text,
    default: '',
  }),
  tlsAllowConnectionsWithoutCertificates: row({
    flags: '--tlsAllowConnectionsWithoutCertificates',
    key: 'net.tls.allowConnectionsWithoutCertificates',
    help: 'clients may come without a certificate',
    kind: flag,
    default: false,
  }),
  tlsAllowInvalidCertificates: row({
    flags: '--tlsAllowInvalidCertificates',
    key: 'net.tls.allowInvalidCertificates',
    help: "clients' certificates need not be valid; such a one names no user",
    kind: flag,
    default: false,
  }),
  tlsAllowInvalidHostnames: row({
    flags: '--tlsAllowInvalidHostnames',
    key: 'net.tls.allowInvalidHostnames',
    help: 'taken for the sake of configurations; this server connects to no other',
    kind: flag,
    default: false,
  }),
  tlsDisabledProtocols: row({
    flags: '--tlsDisabledProtocols <protocols>',
    key: 'net.tls.disabledProtocols',
    help: 'of TLS1_2 and TLS1_3 the one not to be spoken; older ones never are',
    kind: text,
    default: '',
  }),
  authorization: row({
    flags: '--auth',
    key: 'security.authorization',
    help: 'clients have to log in, and may do what their roles allow',
    kind: authorization,
    default: 'disabled',
  }),
  keyFile: row({
    flags: '--keyFile <file>',
    key: 'security.keyFile',
    help: 'the secret that the nodes of one cluster share; switches --auth on',
    kind: text,
    default: '',
  }),
  transitionToAuth: row({
    flags: '--transitionToAuth',
    key: 'security.transitionToAuth',
    help: 'clients may log in and need not yet',
    kind: flag,
    default: false,
  }),
  javascriptEnabled: row({
    flags: '--noscripting',
    key: 'security.javascriptEnabled',
    help: 'refuse $where, $function and $accumulator',
    kind: javascriptEnabled,
    default: true,
  }),
  replSet: row({
    flags: '--replSet <name>',
    key: 'replication.replSetName',
    help: 'name of the replica set of one',
    kind: text,
    default: 'rs0',
  }),
  standalone: row({
    flags: '--standalone',
    key: 'replication.standalone',
    help: 'show a standalone: no transactions, no retryable writes',
    kind: flag,
    default: false,
  }),
  storageEngine: row({
    flags: '--storageEngine <name>',
    key: 'storage.engine',
    help: `one of ${engineNames.join(', ')}`,
    kind: oneOf(engineNames),
    default: 'lmdb',
  }),
  logPath: row({
    flags: '--logpath <file>',
    key: 'systemLog.path',
    help: 'append the log to this file instead of stderr',
    kind: text,
    default: '',
  }),
  quiet: row({
    flags: '--quiet',
    key: 'systemLog.quiet',
    help: 'log warnings and errors only',
    kind: flag,
    default: false,
  }),
  verbosity: row({
    flags: '-v, --verbose',
    key: 'systemLog.verbosity',
    help: 'log more; may be repeated',
    kind: integer(0, 5),
    default: 0,
  }),
  logDestination: row({
    key: 'systemLog.destination',
    help: 'file, with systemLog.path',
    kind: oneOf(['file']),
    default: 'file',
  }),
  logAppend: row({
    key: 'systemLog.logAppend',
    help: 'the log is always appended to',
    kind: flag,
    default: true,
  }),
} as const;

export type OptionName = keyof typeof optionTable;

/** The value of each option. */
export type OptionValues = {
  readonly [Name in OptionName]: (typeof optionTable)[Name] extends OptionRow<infer Value> ? Value : never;
};

/** Options that were given, by name; the values have been parsed. */
export type GivenOptions = Partial<Record<OptionName, string | number | boolean>>;

/** The key under which server parameters stand in the file. */
export const parameterKey = 'setParameter';
