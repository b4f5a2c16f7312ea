/** What a read has to wait for and which state it sees (reference 7.4, 8.4). */

import type { Timestamp } from '../bson/scalar.ts';
import { nested, oneOf, optional, string, structure, timestamp, wrongType } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';

export const readConcernLevels = ['local', 'majority', 'available', 'linearizable', 'snapshot'] as const;

export type ReadConcernLevel = (typeof readConcernLevels)[number];

export interface ReadConcern {
  readonly level: ReadConcernLevel;
  readonly afterClusterTime: Timestamp | undefined;
  readonly atClusterTime: Timestamp | undefined;
  /** Whether the command named a level itself. */
  readonly isExplicit: boolean;
}

/** What holds where the command says nothing and no default was set. */
export const localReadConcern: ReadConcern = {
  level: 'local',
  afterClusterTime: undefined,
  atClusterTime: undefined,
  isExplicit: false,
};

/** Who a concern came from; drivers never send it, routers and tests do. */
export const provenance = oneOf(
  'clientSupplied',
  'implicitDefault',
  'customDefault',
  'getLastErrorDefaults',
  'internalWriteDefault',
);

const parseFields = structure('readConcern', {
  level: optional(oneOf(...readConcernLevels)),
  afterClusterTime: optional(timestamp),
  atClusterTime: optional(timestamp),
  afterOpTime: optional(nested((document) => document)),
  provenance: optional(provenance),
  allowTransactionTableSnapshot: optional(string),
});

/**
 * Parses the `readConcern` field of a command.
 * @throws MongoError TypeMismatch, IDLUnknownField, BadValue for its form; InvalidOptions for what does not go together.
 */
export function parseReadConcern(document: BsonDocument): ReadConcern {
  const fields = parseFields(document);
  // Unlike other fields these two are not absent when null.
  if (document.get('afterClusterTime') === null) throw wrongType(null, 'readConcern.afterClusterTime', 'timestamp');
  if (document.get('atClusterTime') === null) throw wrongType(null, 'readConcern.atClusterTime', 'timestamp');
  const concern: ReadConcern = {
    level: fields.level ?? 'local',
    afterClusterTime: fields.afterClusterTime,
    atClusterTime: fields.atClusterTime,
    isExplicit: fields.level !== undefined,
  };
  checkTimes(concern, fields.afterOpTime !== undefined);
  return concern;
}

/** Whether the field says anything at all; `{}` is as good as absent. */
export function isEmptyReadConcern(concern: ReadConcern): boolean {
  return !concern.isExplicit && concern.afterClusterTime === undefined && concern.atClusterTime === undefined;
}

function checkTimes(concern: ReadConcern, hasAfterOpTime: boolean): void {
  const { level, afterClusterTime, atClusterTime } = concern;
  if (hasAfterOpTime && (afterClusterTime !== undefined || level === 'snapshot')) {
    refuse('afterOpTime goes neither with afterClusterTime nor with level snapshot');
  }
  if (afterClusterTime !== undefined) {
    if (atClusterTime !== undefined) {
      refuse('Specifying a timestamp for readConcern snapshot in a causally consistent session is not allowed');
    }
    if (isZero(afterClusterTime)) refuse('afterClusterTime cannot be a null timestamp');
    if (level === 'available' || level === 'linearizable') {
      refuse(`afterClusterTime field can be set only if level is local, majority or snapshot, not ${level}`);
    }
  }
  if (atClusterTime !== undefined) {
    if (level !== 'snapshot') refuse('atClusterTime field can be set only if level is snapshot');
    if (isZero(atClusterTime)) refuse('atClusterTime cannot be a null timestamp');
  }
}

function isZero(time: Timestamp): boolean {
  return time.high === 0 && time.low === 0;
}

function refuse(message: string): never {
  throw new MongoError('InvalidOptions', message);
}
