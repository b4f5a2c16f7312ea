import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import { arraySource, type DocumentSource } from '../source.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';

/** Documents that the pipeline brings itself: an expression that gives an array of documents. */
export const $documents: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'database',
  parse(argument, context) {
    const expression: Expression = parseExpression(argument, context.expressions);
    return {
      isSelfSourced: true,
      open(_, scope): DocumentSource {
        let made: DocumentSource | undefined;
        return {
          next(execution) {
            made ??= arraySource(requireDocuments(expression.evaluate(scope.fork(BsonDocument.empty))));
            return made.next(execution);
          },
        };
      },
    };
  },
};

function requireDocuments(value: Value | undefined): BsonDocument[] {
  if (!Array.isArray(value)) {
    throw new MongoError('Location5858203', 'an array is expected as the value of $documents');
  }
  return value.map((element: Value) => {
    if (element instanceof BsonDocument) return element;
    throw new MongoError(
      'Location40228',
      `'replacement document' must evaluate to an object, as each element of $documents`,
    );
  });
}
