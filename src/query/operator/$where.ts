import { MongoError } from '../../error/mongo-error.ts';
import type { TreeOperator } from '../operator.ts';

/** Refused, as a server without a JavaScript engine refuses it: running a client's code is not part of this server. */
export const $where: TreeOperator = ({ parsing }) => {
  const problem = parsing.isTopLevel
    ? 'no globalScriptEngine in $where parsing'
    : '$where can only be applied to the top-level document';
  throw new MongoError('BadValue', problem);
};
