import {
  any,
  anyOf,
  bool,
  integral,
  lenientBool,
  nonNegative,
  object,
  optional,
  optionalNotNull,
  required,
} from '../../bson/structure.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { commandArguments } from '../arguments.ts';
import type { CommandRequest } from '../command.ts';

const parse = commandArguments('find', {
  find: required(any),
  filter: optionalNotNull(object),
  projection: optionalNotNull(object),
  sort: optionalNotNull(object),
  hint: optional(anyOf('string', 'object')),
  skip: optional(nonNegative),
  limit: optional(integral),
  batchSize: optional(nonNegative),
  singleBatch: optional(lenientBool),
  allowDiskUse: optional(bool),
  min: optional(object),
  max: optional(object),
  returnKey: optional(lenientBool),
  showRecordId: optional(lenientBool),
  tailable: optional(lenientBool),
  awaitData: optional(lenientBool),
  noCursorTimeout: optional(lenientBool),
  allowPartialResults: optional(lenientBool),
  oplogReplay: optional(lenientBool),
  mirrored: optional(lenientBool),
  collation: optional(object),
  let: optional(object),
  readOnce: optional(lenientBool),
  rawData: optional(bool),
});

export type FindArguments = ReturnType<typeof parse>;

/** Reads and checks the arguments of find; explain and count read them too. */
export function parseFind(request: CommandRequest): FindArguments & { readonly isSingleBatch: boolean } {
  const parsed = parse(request.body);
  if (parsed.limit !== undefined && parsed.limit < 0) {
    throw new MongoError('BadValue', `BSON field 'limit' value must be >= 0, actual value '${parsed.limit}'`);
  }
  if (parsed.awaitData === true && parsed.tailable !== true) {
    throw new MongoError('FailedToParse', 'Cannot set awaitData without tailable');
  }
  if (parsed.tailable === true && parsed.singleBatch === true) {
    throw new MongoError('BadValue', "cannot use tailable option with the 'singleBatch' option");
  }
  return { ...parsed, isSingleBatch: parsed.singleBatch ?? false };
}
