import { any, lenientBool, optional, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { parseFilter } from '../query/filter.ts';
import { genericFieldNames } from '../session/generic-field.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { describeCursor, describeOperation } from './read/current-operation.ts';

const parseOptions = structure(
  'currentOp',
  {
    currentOp: optional(any),
    $all: optional(lenientBool),
    $ownOps: optional(lenientBool),
    $truncateOps: optional(lenientBool),
  },
  { isOpen: true },
);

/** currentOp: what is running; other fields of the command filter the rows (manual, "currentOp"). */
export const currentOp: Command = {
  ...diagnostic,
  name: 'currentOp',
  help: 'operations that are running',
  isAdminOnly: true,
  privilege: 'own',
  run(_operation, request, services) {
    const { $all } = parseOptions(request.body);
    const conditions = new Map<string, Value>();
    for (const [name, value] of request.body.entries()) {
      const isOption = name === 'currentOp' || name === '$all' || name === '$ownOps' || name === '$truncateOps';
      if (!isOption && !genericFieldNames.has(name)) conditions.set(name, value);
    }
    const filter = parseFilter(BsonDocument.fromFields(conditions));
    const rows = [...services.operations.running()].map((running) => describeOperation(services, running));
    if ($all === true) for (const cursor of services.cursors.all()) rows.push(describeCursor(services, cursor));
    return {
      inprog: rows.filter((row) => filter.matchesDocument(row)),
      fsyncLock: services.writeLock.isLocked ? true : undefined,
      info: services.writeLock.isLocked ? 'use db.fsyncUnlock() to terminate the fsync write/snapshot lock' : undefined,
    };
  },
};
