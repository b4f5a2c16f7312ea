import { printValue } from '../bson/print.ts';
import { any, optional, wrongType } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('getLog', { getLog: optional(any) });

/** getLog: the newest lines of the server's log (manual, "getLog"). */
export const getLog: Command = {
  ...diagnostic,
  name: 'getLog',
  help: 'the newest lines of the log',
  isAdminOnly: true,
  privilege: { action: 'getLog', resource: 'cluster' },
  run(_operation, request, services) {
    parse(request.body);
    const wanted = request.body.get('getLog');
    if (typeof wanted !== 'string') {
      throw wanted === undefined
        ? new MongoError('TypeMismatch', 'Argument to getLog must be of type String; found missing')
        : wrongType(wanted, 'getLog', 'string');
    }
    if (wanted === '*') return { names: ['global', 'startupWarnings'] };
    if (wanted === 'startupWarnings') return { totalLinesWritten: 0, log: [] };
    if (wanted === 'global') {
      const { lines, totalLines } = services.recentLog;
      return { totalLinesWritten: totalLines, log: [...lines] };
    }
    throw new MongoError('OperationFailed', `No log named ${printValue(wanted)}`);
  },
};
