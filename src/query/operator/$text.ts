import { MongoError } from '../../error/mongo-error.ts';
import type { TreeOperator } from '../operator.ts';

/** Refused: there are no text indexes. */
export const $text: TreeOperator = ({ parsing }) => {
  if (parsing.place === 'arrayFilter') throw new MongoError('BadValue', '$text is not allowed in an array filter');
  if (!parsing.isTopLevel) throw new MongoError('BadValue', '$text can only be applied to the top-level document');
  throw new MongoError('IndexNotFound', 'text index required for $text query');
};
