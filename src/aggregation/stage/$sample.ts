import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { blocking } from '../stream.ts';
import { toWhole } from '../whole-number.ts';

/** Some documents by chance, none twice, in any order. */
export const $sample: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    const size = parseSize(argument);
    const { randomness } = context.options;
    return {
      open(input) {
        const kept: BsonDocument[] = [];
        let seen = 0;
        return blocking(
          input,
          (batch) => {
            for (const document of batch) {
              seen++;
              // Each document replaces a kept one with the chance that keeps all that were seen equally likely.
              if (kept.length < size) kept.push(document);
              else {
                const place = Math.floor(randomness.fraction() * seen);
                if (place < size) kept[place] = document;
              }
            }
          },
          () => {
            for (let last = kept.length - 1; last > 0; last--) {
              const other = Math.floor(randomness.fraction() * (last + 1));
              [kept[last], kept[other]] = [kept[other] as BsonDocument, kept[last] as BsonDocument];
            }
            return kept;
          },
        );
      },
    };
  },
};

function parseSize(argument: Value): number {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('Location28745', 'the $sample stage specification must be an object');
  }
  let size: number | undefined;
  for (const [name, value] of argument.entries()) {
    if (name !== 'size') throw new MongoError('Location28748', `unrecognized option to $sample: ${name}`);
    if (!isNumeric(value)) throw new MongoError('Location28746', 'size argument to $sample must be a number');
    size = toWhole(value);
  }
  if (size === undefined) throw new MongoError('Location28749', '$sample stage must specify a size');
  if (!(size > 0)) throw new MongoError('Location28747', 'size argument to $sample must be a positive integer');
  return size;
}
