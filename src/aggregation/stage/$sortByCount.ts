import { document } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseExpression } from '../../expression/parse.ts';
import { parseSort } from '../../query/sort.ts';
import { parseAccumulatorField } from '../accumulator-field.ts';
import { grouped } from '../grouping.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { sorted } from './$sort.ts';

/** How often each value of an expression occurs, most often first. */
export const $sortByCount: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    checkArgument(argument);
    const { expressions } = context;
    const id = parseExpression(argument, expressions);
    const count = parseAccumulatorField('count', document({ $sum: 1 }), {
      place: 'group',
      expressions,
      collation: context.options.collation,
    });
    const sort = parseSort(document({ count: -1 }));
    return {
      open: (input, scope) =>
        sorted(grouped(input, scope, id, [['count', count]], context.options.collation), scope, (made) =>
          sort.keyOf(made),
        ),
    };
  },
};

function checkArgument(argument: Value): void {
  if (argument instanceof BsonDocument) {
    if (argument.firstKey()?.startsWith('$') === true) return;
    throw new MongoError(
      'Location40147',
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  if (typeof argument !== 'string') {
    throw new MongoError('Location40149', 'the sortByCount field must be specified as a string or as an object');
  }
  if (!argument.startsWith('$')) {
    throw new MongoError(
      'Location40148',
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
}
