import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseStageFilter } from '../filter-specification.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { eachDocument } from '../stream.ts';

/** Lets documents through that a filter matches. */
export const $match: StageDefinition = {
  ...anywhere,
  inChangeStream: true,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location15959', 'the match filter must be an expression in an object');
    }
    if (!context.isFirst && searchesText(argument)) {
      throw new MongoError('Location17313', '$match with $text is only allowed as the first pipeline stage');
    }
    const filter = parseStageFilter(argument, context);
    return {
      leading: { kind: 'filter', filter, parse: (specification) => parseStageFilter(specification, context) },
      open: (input, scope) => {
        const own = scope.fork();
        return eachDocument(input, own, (document) => (filter.matchesDocument(document, own) ? document : undefined));
      },
    };
  },
};

/** Whether a filter has $text, at its top or in one of its branches. */
function searchesText(filter: BsonDocument): boolean {
  for (const [name, value] of filter.entries()) {
    if (name === '$text') return true;
    const isBranch = name === '$and' || name === '$or' || name === '$nor';
    if (!isBranch || !Array.isArray(value)) continue;
    if (value.some((branch: Value) => branch instanceof BsonDocument && searchesText(branch))) return true;
  }
  return false;
}
