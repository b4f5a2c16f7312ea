import { MongoError } from '../../error/mongo-error.ts';
import type { FieldOperator } from '../operator.ts';

/** Read by `$regex`, which must stand beside it. */
export const $options: FieldOperator = ({ siblings }) => {
  if (!siblings.has('$regex')) throw new MongoError('BadValue', '$options needs a $regex');
  return undefined;
};
