import { integer } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { blocking } from '../stream.ts';

/** One document with the number of documents; none where there are none. */
export const $count: StageDefinition = {
  ...anywhere,
  parse(argument) {
    const name = requireName(argument);
    return {
      open(input) {
        let count = 0;
        return blocking(
          input,
          (batch) => {
            count += batch.length;
          },
          () => (count === 0 ? [] : [BsonDocument.fromFields(new Map([[name, integer(count)]]))]),
        );
      },
    };
  },
};

function requireName(argument: Value): string {
  if (typeof argument !== 'string' || argument === '') {
    throw new MongoError('Location40156', 'the count field must be a non-empty string');
  }
  if (argument === '_id') throw new MongoError('Location9039800', "the count field must not be '_id'");
  if (argument.startsWith('$')) throw new MongoError('Location40158', 'the count field cannot be a $-prefixed path');
  if (argument.includes('\0')) throw new MongoError('Location40159', 'the count field cannot contain a null byte');
  if (argument.includes('.')) throw new MongoError('Location40160', "the count field cannot contain '.'");
  return argument;
}
