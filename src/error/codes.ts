/**
 * MongoDB's error codes by name. The one place where a number belongs to a name; a throw gives the name alone.
 * Codes without a name of their own are named `Location<number>` on the wire and carry their number in that name.
 * Here stands what this server raises, and what a fail point may bring and is to be told apart; `test/tidy` sees to it.
 * Source: MongoDB manual, "Error Codes".
 */
export const errorCodes = {
  InternalError: 1,
  BadValue: 2,
  NoSuchKey: 4,
  GraphContainsCycle: 5,
  HostUnreachable: 6,
  HostNotFound: 7,
  UnknownError: 8,
  FailedToParse: 9,
  UserNotFound: 11,
  UnsupportedFormat: 12,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  AlreadyInitialized: 23,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  RoleNotFound: 31,
  CannotBackfillArray: 34,
  FileNotOpen: 38,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NoMatchingDocument: 47,
  NamespaceExists: 48,
  InvalidRoleModification: 49,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  WriteConcernTimeout: 64,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  NoReplicationEnabled: 76,
  UnknownReplWriteConcern: 79,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  OperationFailed: 96,
  DBPathInUse: 98,
  UnsatisfiableWriteConcern: 100,
  WriteConflict: 112,
  CommandNotSupported: 115,
  ConflictingOperationInProgress: 117,
  DocumentValidationFailure: 121,
  NotAReplicaSet: 123,
  CommandFailed: 125,
  CappedPositionLost: 136,
  InvalidSSLConfiguration: 140,
  ExceededMemoryLimit: 146,
  IncompatibleCollationVersion: 161,
  ViewDepthLimitExceeded: 165,
  CommandNotSupportedOnView: 166,
  OptionNotSupportedOnView: 167,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  AmbiguousIndexKeyPattern: 181,
  ClientMetadataMissingField: 183,
  ClientMetadataAppNameTooLarge: 184,
  ClientMetadataDocumentTooLarge: 185,
  ClientMetadataCannotBeMutated: 186,
  PrimarySteppedDown: 189,
  InvalidIndexSpecificationOption: 197,
  ClusterTimeFailsRateLimiter: 205,
  InvalidUUID: 207,
  IncompleteTransactionHistory: 217,
  IllegalOpMsgFlag: 223,
  QueryFeatureNotAllowed: 224,
  TransactionTooOld: 225,
  MaxSubPipelineDepthExceeded: 232,
  SnapshotTooOld: 239,
  ConversionFailure: 241,
  SnapshotUnavailable: 246,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  TransactionTooLarge: 257,
  InvalidResumeToken: 260,
  TooManyLogicalSessions: 261,
  ExceededTimeLimit: 262,
  OperationNotSupportedInTransaction: 263,
  PreparedTransactionInProgress: 267,
  ClientDisconnect: 279,
  ChangeStreamFatalError: 280,
  ChangeStreamHistoryLost: 286,
  TransactionExceededLifetimeLimitSeconds: 290,
  NoQueryExecutionPlans: 291,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  APIVersionError: 322,
  APIStrictError: 323,
  APIDeprecationError: 324,
  MechanismUnavailable: 334,
  APIMismatchError: 347,
  UnsupportedOpQueryCommand: 352,
  TransactionParticipantFailedUnyield: 358,
  CannotConvertIndexToUnique: 359,
  CollectionUUIDMismatch: 361,
  ResourceExhausted: 365,
  UserWritesBlocked: 371,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  InterruptedDueToReplStateChange: 11602,
  MergeStageNoMatchingDocument: 13113,
  DatabaseDifferCase: 13297,
  StaleConfig: 13388,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
  OutOfDiskSpace: 14031,
  SearchNotEnabled: 31082,
  IDLDuplicateField: 40413,
  IDLFailedToParse: 40414,
  IDLUnknownField: 40415,
  NotARetryableWriteCommand: 50768,
} as const;

export type NamedErrorCode = keyof typeof errorCodes;

/** A name from the table, or the name that MongoDB gives to an unnamed code. */
export type CodeName = NamedErrorCode | `Location${number}`;

/** Whether the name is one of the table's own. */
export function isNamedErrorCode(name: string): name is NamedErrorCode {
  return Object.hasOwn(errorCodes, name);
}

/** The number that goes with a name on the wire. */
export function codeOf(name: CodeName): number {
  return isNamedErrorCode(name) ? errorCodes[name] : Number(name.slice('Location'.length));
}

const nameByCode: ReadonlyMap<number, NamedErrorCode> = new Map(
  Object.entries(errorCodes).map(([name, code]) => [code, name as NamedErrorCode]),
);

/** The name of a number, for codes that come from outside (a fail point's errorCode). */
export function codeNameOf(code: number): CodeName {
  return nameByCode.get(code) ?? `Location${code}`;
}
