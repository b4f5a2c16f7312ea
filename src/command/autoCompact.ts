import { toDouble } from '../bson/number.ts';
import { bool, type FieldParser, optional, required, wrongType } from '../bson/structure.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** Mebibytes whose number of bytes an int64 still holds. */
const largestTarget = 8_796_093_022_207;

const target: FieldParser<number> = (value, path) => {
  if (!isNumeric(value)) throw wrongType(value, path, 'long', 'int', 'decimal', 'double');
  return toDouble(value);
};

const parse = commandArguments('autoCompact', {
  autoCompact: required(bool),
  freeSpaceTargetMB: optional(target),
  runOnce: optional(bool),
});

/**
 * autoCompact: compaction in the background (manual, "autoCompact"). The memory engine never holds what could be
 * compacted; LMDB uses free pages again but never gives them back, so there it is refused.
 */
export const autoCompact: Command = {
  ...diagnostic,
  name: 'autoCompact',
  help: 'compact the store in the background',
  isAdminOnly: true,
  privilege: { action: 'compact', resource: 'cluster' },
  run(_operation, request, services) {
    const { autoCompact: isWanted, freeSpaceTargetMB } = parse(request.body);
    if (freeSpaceTargetMB !== undefined) checkTarget(freeSpaceTargetMB, isWanted);
    if (isWanted && services.engine.capabilities.durable) {
      throw new MongoError(
        'CommandNotSupported',
        `the storage engine ${services.engine.capabilities.name} uses freed space again and cannot be compacted while it runs`,
      );
    }
    return {};
  },
};

function checkTarget(mebibytes: number, isWanted: boolean): void {
  if (!(mebibytes >= 1)) {
    throw new MongoError('BadValue', `BSON field 'freeSpaceTargetMB' value must be >= 1, actual value '${mebibytes}'`);
  }
  if (isWanted && mebibytes >= largestTarget + 1) {
    throw new MongoError('BadValue', 'freeSpaceTargetMB is too large: its number of bytes must fit 64 bits');
  }
}
