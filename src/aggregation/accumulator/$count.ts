import { integer } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { AccumulatorDefinition } from '../accumulator.ts';

/** Number of documents. Takes no argument but {}. */
export const $count: AccumulatorDefinition = {
  inStableApi: true,
  parse(argument) {
    if (!(argument instanceof BsonDocument) || !argument.isEmpty()) {
      throw new MongoError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
    }
    return {
      read: () => undefined,
      start() {
        let count = 0;
        return {
          add() {
            count++;
          },
          remove() {
            count--;
          },
          result: () => integer(count),
        };
      },
    };
  },
};
