import { type FieldParser, requiredNotNull, wrongType } from '../bson/structure.ts';
import { isNumeric } from '../bson/value-type.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const target: FieldParser<string | boolean> = (value, path) => {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (isNumeric(value)) return true;
  throw wrongType(value, path, 'string', 'bool', 'int', 'long', 'double', 'decimal');
};

const parse = commandArguments('logRotate', { logRotate: requiredNotNull(target) });

/** logRotate: puts the log file aside and begins a new one (manual, "logRotate"). A log on standard error has no file. */
export const logRotate: Command = {
  ...diagnostic,
  name: 'logRotate',
  help: 'begin a new log file',
  isAdminOnly: true,
  privilege: { action: 'logRotate', resource: 'cluster' },
  run(_operation, request, services) {
    parse(request.body);
    services.log.rotate?.();
    return {};
  },
};
