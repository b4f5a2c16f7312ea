import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type OperatorParser, unary } from '../operator.ts';

/** `$first` and `$last` of one array; missing where it is empty. */
export function edge(name: string, position: 0 | -1): OperatorParser {
  return unary((array) => {
    if (isNullish(array)) return null;
    if (Array.isArray(array)) return array.at(position);
    throw new MongoError('Location28689', `${name}'s argument must be an array, but is ${typeName(array)}`);
  });
}
