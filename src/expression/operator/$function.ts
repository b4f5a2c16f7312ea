import { MongoError } from '../../error/mongo-error.ts';
import type { OperatorParser } from '../operator.ts';

/** Sojourn runs no JavaScript of its clients. */
export const $function: OperatorParser = () => {
  throw new MongoError('Location31264', 'Cannot run server-side javascript without the javascript engine enabled');
};
