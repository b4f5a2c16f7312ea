import { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { FilterNode } from './filter-node.ts';
import type { TreeCall } from './operator.ts';

/** The filters in the operand of $and, $or or $nor. */
export function parseBranches({ name, operand, parsing }: TreeCall): FilterNode[] {
  if (!Array.isArray(operand)) throw new MongoError('BadValue', `${name} argument must be an array`);
  if (operand.length === 0) throw new MongoError('BadValue', '$and/$or/$nor must be a nonempty array');
  return operand.map((branch) => {
    if (branch instanceof BsonDocument) return parsing.parseDocument(branch, parsing);
    throw new MongoError('BadValue', '$or/$and/$nor entries need to be full objects');
  });
}
