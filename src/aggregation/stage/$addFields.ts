import { BsonDocument } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseAddedFields } from '../add-fields.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhereAndInUpdate } from '../stage-policy.ts';
import { mapDocuments } from '../stream.ts';

/** Adds fields, or puts new values in place of theirs. Also named $set. */
export const $addFields: StageDefinition = {
  ...anywhereAndInUpdate,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError(
        'Location40272',
        `$addFields specification stage must be an object, got ${typeName(argument)}`,
      );
    }
    const added = parseAddedFields(argument, context.expressions);
    return {
      open: (input, scope) => {
        const own = scope.fork();
        return mapDocuments(input, own, (document) => added.apply(own.on(document)));
      },
    };
  },
};
