import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { valueSizeBytes } from '../value-size.ts';
import { unaryAccumulator } from './unary.ts';

class MergeObjectsState implements AccumulatorState {
  readonly #fields = new Map<string, Value>();
  sizeBytes = 0;

  add(input: Value | undefined): void {
    if (isNullish(input)) return;
    if (!(input instanceof BsonDocument)) {
      throw new MongoError(
        'Location40400',
        `$mergeObjects requires object inputs, but input is of type ${typeName(input)}`,
      );
    }
    for (const [name, value] of input.entries()) {
      this.#fields.set(name, value);
      this.sizeBytes += valueSizeBytes(value);
    }
  }

  result(): Value {
    return BsonDocument.fromFields(new Map(this.#fields));
  }
}

/** All fields of the objects, later ones in place of earlier ones; {} without any. */
export const $mergeObjects = unaryAccumulator(() => new MergeObjectsState());
