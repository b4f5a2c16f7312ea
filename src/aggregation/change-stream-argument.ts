import { Binary, type Timestamp } from '../bson/scalar.ts';
import { any, bool, object, oneOf, optional, structure, timestamp } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish, typeName } from '../bson/value-type.ts';
import { decodeToken, type ResumeToken } from '../change/resume-token.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { AggregationOptions } from './options.ts';
import { refuseNullBools } from './strict-options.ts';

const boolNames = ['allChangesForCluster', 'showExpandedEvents'] as const;

const parseFields = structure('$changeStream', {
  allChangesForCluster: optional(bool),
  fullDocument: optional(oneOf('default', 'updateLookup', 'whenAvailable', 'required')),
  fullDocumentBeforeChange: optional(oneOf('off', 'whenAvailable', 'required')),
  resumeAfter: optional(object),
  showExpandedEvents: optional(bool),
  showMigrationEvents: optional(bool),
  showRawUpdateDescription: optional(bool),
  showSystemEvents: optional(bool),
  startAfter: optional(object),
  startAtOperationTime: optional(timestamp),
  supportedEvents: optional(any),
});

export interface ChangeStreamArgument {
  readonly allChangesForCluster: boolean;
  readonly fullDocument: 'default' | 'updateLookup' | 'whenAvailable' | 'required';
  readonly fullDocumentBeforeChange: 'off' | 'whenAvailable' | 'required';
  readonly showExpandedEvents: boolean;
  readonly showRawUpdateDescription: boolean;
  /** The token to go on behind, of `resumeAfter` or `startAfter`. */
  readonly resumeToken: ResumeToken | undefined;
  readonly startAtOperationTime: Timestamp | undefined;
}

/** Reads the argument of $changeStream; throws what MongoDB throws for it. */
export function parseChangeStream(argument: Value, options: AggregationOptions): ChangeStreamArgument {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('Location6188500', `$changeStream must take a nested object but found: ${typeName(argument)}`);
  }
  refuseNullBools(argument, '$changeStream', boolNames);
  const fields = parseFields(argument);
  if (options.isStrictApi && fields.showExpandedEvents !== undefined) {
    throw new MongoError(
      'APIStrictError',
      "The 'showExpandedEvents' parameter to $changeStream is not in API Version 1",
    );
  }
  const resumeAfter = fields.resumeAfter === undefined ? undefined : requireToken(fields.resumeAfter);
  const startAfter = fields.startAfter === undefined ? undefined : requireToken(fields.startAfter);
  const { startAtOperationTime } = fields;
  if ([resumeAfter, startAfter, startAtOperationTime].filter((start) => start !== undefined).length > 1) {
    throw new MongoError('Location40674', 'Only one type of resume option is allowed, but multiple were found.');
  }
  if (resumeAfter?.isInvalidate === true) {
    throw new MongoError(
      'InvalidResumeToken',
      "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.",
    );
  }
  return {
    allChangesForCluster: fields.allChangesForCluster ?? false,
    fullDocument: fields.fullDocument ?? 'default',
    fullDocumentBeforeChange: fields.fullDocumentBeforeChange ?? 'off',
    showExpandedEvents: fields.showExpandedEvents ?? false,
    showRawUpdateDescription: fields.showRawUpdateDescription ?? false,
    resumeToken: resumeAfter ?? startAfter,
    startAtOperationTime,
  };
}

/** A resume token, whose text must look like the hexadecimal form of an ordered key. */
function requireToken(token: BsonDocument): ResumeToken {
  const data = token.get('_data');
  if (typeof data !== 'string') {
    throw new MongoError('Location40647', 'Bad resume token: _data of missing or of wrong type.');
  }
  const typeBits = token.get('_typeBits');
  if (!isNullish(typeBits) && !(typeBits instanceof Binary)) {
    throw new MongoError('Location40648', 'Bad resume token: _typeBits of wrong type.');
  }
  if (data === '') throw new MongoError('Location40649', 'Bad resume token: _data is empty');
  if (data.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(data)) {
    throw new MongoError('FailedToParse', 'resume token string was not a valid hex string');
  }
  if (data.startsWith('00'))
    throw new MongoError('Location50811', 'KeyString format error: unexpected end of the resume token');
  return decodeToken(data);
}

const reservedDatabases: ReadonlySet<string> = new Set(['admin', 'local', 'config']);

/** Throws where no change stream can be opened on this namespace. */
export function checkChangeStreamPlace(
  { allChangesForCluster }: ChangeStreamArgument,
  { collection, database }: AggregationOptions,
): void {
  if (allChangesForCluster) {
    if (database === 'admin' && collection === undefined) return;
    throw new MongoError(
      'InvalidOptions',
      "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin' database, and with no collection name",
    );
  }
  if (reservedDatabases.has(database)) {
    throw new MongoError('InvalidNamespace', `$changeStream may not be opened on the internal ${database} database`);
  }
  if (collection?.startsWith('system.') === true) {
    throw new MongoError(
      'InvalidNamespace',
      `$changeStream may not be opened on the internal ${database}.${collection} collection`,
    );
  }
}
