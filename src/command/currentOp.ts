import { any, lenientBool, optional, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { parseFilter } from '../query/filter.ts';
import { genericFieldNames } from '../session/generic-field.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { maySeeOperations } from './privilege/server.ts';
import { shownOperations } from './read/shown-operations.ts';

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
  privilege: maySeeOperations,
  run(operation, request, services) {
    const { $all, $ownOps } = parseOptions(request.body);
    const conditions = new Map<string, Value>();
    for (const [name, value] of request.body.entries()) {
      const isOption = name === 'currentOp' || name === '$all' || name === '$ownOps' || name === '$truncateOps';
      if (!isOption && !genericFieldNames.has(name)) conditions.set(name, value);
    }
    const filter = parseFilter(BsonDocument.fromFields(conditions));
    const rows = shownOperations(services, operation, {
      isOwnOnly: $ownOps === true,
      idleSessions: false,
      idleCursors: $all === true,
    });
    return {
      inprog: rows.filter((row) => filter.matchesDocument(row)),
      fsyncLock: services.writeLock.isLocked ? true : undefined,
      info: services.writeLock.isLocked ? 'use db.fsyncUnlock() to terminate the fsync write/snapshot lock' : undefined,
    };
  },
};
