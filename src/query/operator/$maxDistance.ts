import { MongoError } from '../../error/mongo-error.ts';
import type { FieldOperator } from '../operator.ts';

/** Read by `$near` and `$nearSphere`, one of which must stand beside it. */
export const $maxDistance: FieldOperator = ({ siblings }) => {
  if (siblings.has('$near') || siblings.has('$nearSphere')) return undefined;
  throw new MongoError('BadValue', '$maxDistance needs a $near or $nearSphere');
};
