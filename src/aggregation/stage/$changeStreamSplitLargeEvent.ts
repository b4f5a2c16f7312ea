import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';

/** Cuts events of a change stream that are larger than a document may be. Stands behind $changeStream alone. */
export const $changeStreamSplitLargeEvent: StageDefinition = {
  ...atStart,
  position: 'last',
  namespace: 'any',
  inLookup: false,
  inUnionWith: false,
  inTransaction: false,
  inView: false,
  inChangeStream: true,
  parse(argument) {
    if (argument instanceof BsonDocument && argument.isEmpty()) return { open: (input) => input };
    throw new MongoError('Location7182800', '$changeStreamSplitLargeEvent spec should be an empty object');
  },
};
