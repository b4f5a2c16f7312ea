/** What a write has to have reached before it is answered (reference 6.5 of the manual's "Write Concern"). */
import { isNaNNumber, toDouble, toWholeNumber } from '../bson/number.ts';
import { int32Max } from '../bson/scalar.ts';
import { any, lenientBool, optional, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Durability } from '../storage/engine.ts';
import { provenance } from './read-concern.ts';

export interface WriteConcern {
  readonly w: number | string;
  readonly j: boolean | undefined;
  /** How long to wait for other members, in milliseconds; 0 is for ever. */
  readonly wtimeoutMs: number;
}

/** What holds where the command says nothing and no default was set. */
export const majorityWriteConcern: WriteConcern = { w: 'majority', j: undefined, wtimeoutMs: 0 };

/** Largest number of members that `w` may name: that of a replica set. */
const largestMembers = 50;

const parseFields = structure('writeConcern', {
  w: optional(any),
  j: optional(lenientBool),
  fsync: optional(lenientBool),
  wtimeout: optional(any),
  provenance: optional(provenance),
});

/** Parses the `writeConcern` field of a command. @throws MongoError FailedToParse, TypeMismatch, IDLUnknownField, BadValue. */
export function parseWriteConcern(document: BsonDocument, unset: WriteConcern = majorityWriteConcern): WriteConcern {
  const fields = parseFields(document);
  return {
    w: fields.w === undefined ? unset.w : parseMembers(fields.w),
    j: fields.j ?? fields.fsync ?? (fields.w === undefined ? unset.j : undefined),
    wtimeoutMs: parseTimeout(fields.wtimeout),
  };
}

function parseMembers(w: Value): number | string {
  if (typeof w === 'string') return w;
  if (isNumeric(w)) {
    const members = isNaNNumber(w) ? Number.NaN : Number(toWholeNumber(w));
    if (members >= 0 && members <= largestMembers) return members;
    throw new MongoError('FailedToParse', `w has to be a non-negative number and not greater than ${largestMembers}`);
  }
  if (w instanceof BsonDocument && !w.isEmpty()) {
    for (const [tag, count] of w) {
      if (!isNumeric(count))
        throw new MongoError('FailedToParse', `tags must be a single level document of numbers: ${tag}`);
    }
    return `{${[...w.keys()].join(', ')}}`;
  }
  throw new MongoError('FailedToParse', 'w has to be a number, string, or object');
}

/** Numbers count, anything else is 0; so it has always been. */
function parseTimeout(wtimeout: Value | undefined): number {
  if (wtimeout === undefined || !isNumeric(wtimeout)) return 0;
  const timeoutMs = toDouble(wtimeout);
  if (timeoutMs > int32Max) throw new MongoError('FailedToParse', 'wtimeout must be a 32-bit integer');
  return timeoutMs > 0 ? Math.trunc(timeoutMs) : 0;
}

/** What the engine has to do before the write is answered. `majority` means on disk, unless the client waived the journal. */
export function durabilityOf(concern: WriteConcern): Durability {
  return (concern.j ?? concern.w === 'majority') ? 'journaled' : 'visible';
}
