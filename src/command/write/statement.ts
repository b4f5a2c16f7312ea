/** Statements of the commands that write, as update, delete and bulkWrite read them. */
import type { BsonDocument, Value } from '../../bson/value.ts';

/** One statement of update or bulkWrite. */
export interface UpdateStatement {
  readonly filter: BsonDocument;
  readonly update: BsonDocument | readonly Value[];
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
  readonly arrayFilters: readonly BsonDocument[] | undefined;
  readonly collation: BsonDocument | undefined;
  readonly hint: Value | undefined;
  readonly let: BsonDocument | undefined;
  readonly sort: BsonDocument | undefined;
  readonly bypassValidation: boolean;
  readonly keepsEmptyTimestamps: boolean;
}

/** What a statement did. */
export interface UpdateOutcome {
  readonly matched: number;
  readonly modified: number;
  /** `_id` of the document that an upsert made. */
  readonly upsertedId: Value | undefined;
}

/** One statement of delete or bulkWrite. */
export interface DeleteStatement {
  readonly filter: BsonDocument;
  readonly isMulti: boolean;
  readonly collation: BsonDocument | undefined;
  readonly hint: Value | undefined;
  readonly let: BsonDocument | undefined;
}
