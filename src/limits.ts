/** Every maximum of the server: what it bounds, its unit, and how it relates to the others. */
import { invariant } from './error/invariant.ts';

export const limits = {
  /** Largest wire message a client may send, in bytes (hello.maxMessageSizeBytes). */
  messageSizeBytes: 48_000_000,
  /** Largest wire message of a client that has yet to log in, in bytes: enough for any login, too little to hold memory with. */
  messageBeforeLoginBytes: 16 * 1024,
  /** Largest document a user may store, in bytes (hello.maxBsonObjectSize). */
  documentSizeBytes: 16 * 1024 * 1024,
  /** Room beyond a user's document for what the server itself adds to a command or an intermediate result. */
  internalDocumentSizeBytes: 16 * 1024 * 1024 + 16 * 1024,
  /** Statements in one write command (hello.maxWriteBatchSize). */
  writeBatchSize: 100_000,
  /** Levels of nesting in a document that is stored. */
  nestingDepth: 180,
  /** Levels of nesting below a command; more than `nestingDepth`, for what a command wraps around a document. */
  commandNestingDepth: 200,
  /** Documents in a first batch when the command names no batchSize. */
  firstBatchDocuments: 101,
  /** Bytes of documents in one reply batch; one more document may pass it, so that a reply stays under a message. */
  batchSizeBytes: 16 * 1024 * 1024,
  /** Bytes of a namespace `database.collection`. */
  namespaceBytes: 255,
  /** Bytes of a database name. */
  databaseNameBytes: 63,
  /** Indexes of one collection, `_id` included. */
  indexesPerCollection: 64,
  /** Fields of one compound index. */
  fieldsPerIndex: 32,
  /** Views that may stand on one another. */
  viewDepth: 20,
  /** Bytes a blocking stage ($group, $sort, …) may hold unless told otherwise. */
  blockingStageBytes: 100 * 1024 * 1024,
  /** Stages in one pipeline. */
  pipelineStages: 1000,
  /** Pipelines that may lie inside of one another ($lookup, $unionWith). */
  subPipelineDepth: 20,
  /** Bytes of keys and values that the open writes of one transaction may hold. */
  transactionBytes: 256 * 1024 * 1024,
  /** Array elements that the expressions of one document may go through or build, so that none of them can hang the server. */
  expressionElements: 32_000_000,
  /** Bytes of a string that an expression builds. */
  expressionStringBytes: 64 * 1024 * 1024,
  /** Longest that one piece of work holds the event loop, in milliseconds. */
  sliceMs: 10,
} as const;

invariant(limits.nestingDepth < limits.commandNestingDepth, 'a command holds a document of full depth');
invariant(limits.documentSizeBytes < limits.internalDocumentSizeBytes, 'internal documents hold a user document');
invariant(limits.internalDocumentSizeBytes + limits.batchSizeBytes < limits.messageSizeBytes, 'a reply fits a message');
