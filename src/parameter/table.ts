export interface ParameterRow {
  readonly default: number | boolean | string;
  readonly setAt: readonly ('startup' | 'runtime')[];
  /** Smallest and largest value of a number, both allowed. */
  readonly min?: number;
  readonly max?: number;
  /** Most bytes of a string. */
  readonly longestBytes?: number;
  /** A double; other numbers are cut to integers. */
  readonly isFractional?: boolean;
  /** What a list may hold, which is written with commas and shown as an array. */
  readonly elements?: readonly string[];
}

const startup = ['startup'] as const;
const always = ['startup', 'runtime'] as const;

/** Every server parameter, alphabetical, with MongoDB's names, types and defaults (reference 4.6; manual, "Server Parameters"). */
export const parameterTable = {
  AbortExpiredTransactionsSessionCheckoutTimeout: { default: 100, setAt: always },
  KeysRotationIntervalSec: { default: 7_776_000, setAt: startup, min: 1 },
  KillSessionsMaxConcurrency: { default: 100, setAt: startup },
  KillSessionsPerHostTimeoutMS: { default: 60_000, setAt: startup },
  TransactionRecordMinimumLifetimeMinutes: { default: 30, setAt: startup },
  authFailedDelayMs: { default: 100, setAt: always, min: 0, max: 5000 },
  authenticationMechanisms: {
    default: 'MONGODB-X509,SCRAM-SHA-1,SCRAM-SHA-256',
    setAt: startup,
    elements: ['MONGODB-X509', 'SCRAM-SHA-1', 'SCRAM-SHA-256'],
  },
  automationServiceDescriptor: { default: '', setAt: always, longestBytes: 64 },
  connectionHandshakeTimeoutMillis: { default: 30_000, setAt: always, min: 1 },
  changeStreamHistoryMegabytes: { default: 256, setAt: always, min: 1 },
  changeStreamHistorySeconds: { default: 86_400, setAt: always, min: 1 },
  changeStreamRecordsAlways: { default: false, setAt: startup },
  changeStreamIdleSeconds: { default: 86_400, setAt: always, min: 1 },
  cursorTimeoutMillis: { default: 600_000, setAt: always },
  clientCursorMonitorFrequencySecs: { default: 4, setAt: always, min: 1 },
  disableLogicalSessionCacheRefresh: { default: false, setAt: startup },
  enableLocalhostAuthBypass: { default: true, setAt: startup },
  enableTestCommands: { default: false, setAt: startup },
  enableTimeoutOfInactiveSessionCursors: { default: false, setAt: always },
  internalQueryJavaScriptFnTimeoutMillis: { default: 60_000, setAt: always, min: 1 },
  internalQueryMaxHoldMS: { default: 5000, setAt: always, min: 0 },
  localLogicalSessionTimeoutMinutes: { default: 30, setAt: startup },
  logLevel: { default: 0, setAt: always, min: 0, max: 5 },
  logicalSessionRefreshMillis: { default: 300_000, setAt: startup, min: 1 },
  maxAcceptableLogicalClockDriftSecs: { default: 31_536_000, setAt: startup, min: 1 },
  maxCursorsPerConnection: { default: 10_000, setAt: always, min: 0 },
  maxCursorsPerUser: { default: 0, setAt: always, min: 0 },
  maxSessions: { default: 1_000_000, setAt: startup, min: 1 },
  maxSessionsPerUser: { default: 0, setAt: always, min: 0 },
  maxTransactionLockRequestTimeoutMillis: { default: 5, setAt: always },
  messageReceiveTimeoutMillis: { default: 300_000, setAt: always, min: 1 },
  messageSendTimeoutMillis: { default: 300_000, setAt: always, min: 1 },
  minSnapshotHistoryWindowInSeconds: { default: 300, setAt: always, min: 0 },
  notablescan: { default: false, setAt: always },
  quiet: { default: false, setAt: always },
  scramIterationCount: { default: 10_000, setAt: always, min: 5000 },
  scramSHA256IterationCount: { default: 15_000, setAt: always, min: 5000 },
  sessionMaxBatchSize: { default: 1000, setAt: always, min: 100, max: 10_000 },
  sessionWriteConcernTimeoutSystemMillis: { default: 60_000, setAt: always, min: 0 },
  tlsUseSystemCA: { default: false, setAt: startup },
  transactionLifetimeLimitSeconds: { default: 60, setAt: always, min: 1 },
  ttlMonitorEnabled: { default: true, setAt: always },
  ttlMonitorSleepSecs: { default: 60, setAt: always, min: 1 },
} as const satisfies Record<string, ParameterRow>;

export type ParameterName = keyof typeof parameterTable;
