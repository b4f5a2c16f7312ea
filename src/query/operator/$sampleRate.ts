import { document } from '../../bson/literal.ts';
import { toDouble } from '../../bson/number.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { emptyEnvironment } from '../../expression/environment.ts';
import type { TreeOperator } from '../operator.ts';

/** Each document with this probability, by the randomness of the scope. */
export const $sampleRate: TreeOperator = ({ operand }) => {
  if (!isNumeric(operand)) throw new MongoError('BadValue', 'argument to $sampleRate must be a numeric type');
  const rate = toDouble(operand);
  if (!(rate >= 0 && rate <= 1)) {
    throw new MongoError('BadValue', 'numeric argument to $sampleRate must be in [0, 1]');
  }
  return {
    kind: 'opaque',
    matches: (_bytes, _document, run) => (run.scope?.environment ?? emptyEnvironment).randomness.fraction() < rate,
    explain: () => document({ $sampleRate: operand }),
  };
};
