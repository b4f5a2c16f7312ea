import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseStageFilter } from '../filter-specification.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { mapBatches } from '../stream.ts';

/** Lets documents through that a filter matches. */
export const $match: StageDefinition = {
  ...anywhere,
  inChangeStream: true,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location15959', 'the match filter must be an expression in an object');
    }
    const filter = parseStageFilter(argument, context);
    return {
      leading: { kind: 'filter', filter, parse: (specification) => parseStageFilter(specification, context) },
      open: (input, scope) => {
        const own = scope.fork();
        return mapBatches(input, (batch) => batch.filter((document) => filter.matchesDocument(document, own)));
      },
    };
  },
};
