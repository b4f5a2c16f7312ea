import { toDouble } from '../bson/number.ts';
import { wrongType } from '../bson/structure.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** killOp: interrupts a running operation by its number, if there is one (manual, "killOp"). */
export const killOp: Command = {
  ...diagnostic,
  name: 'killOp',
  help: 'interrupt an operation',
  isAdminOnly: true,
  privilege: 'own',
  run(operation, request, services) {
    const op = request.body.get('op');
    if (op === undefined) throw new MongoError('Location50759', 'Did not provide "op" field');
    if (!isNumeric(op)) throw wrongType(op, 'killOp.op', 'int', 'long', 'double', 'decimal');
    services.sessions.killOperation(operation, toDouble(op));
    return { info: 'attempting to kill op' };
  },
};
