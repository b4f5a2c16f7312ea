import { any, type FieldParser, integral, lenientBool, optional } from '../bson/structure.ts';
import { findCollection } from '../catalog/access.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { targetNamespace } from './target.ts';

const megabytes: FieldParser<number> = (value, path) => {
  const size = integral(value, path);
  if (size >= 1) return size;
  throw new MongoError('BadValue', `BSON field '${path}' value must be >= 1, actual value '${size}'`);
};

const parse = commandArguments('compact', {
  compact: optional(any),
  force: optional(lenientBool),
  dryRun: optional(lenientBool),
  freeSpaceTargetMB: optional(megabytes),
});

/** compact: gives unused space back (manual, "compact"). The engines do so by themselves, so there is never any to give. */
export const compact: Command = {
  ...diagnostic,
  name: 'compact',
  help: 'give back the unused space of a collection',
  privilege: { action: 'compact', resource: 'collection' },
  run(_operation, request, services) {
    const name = targetNamespace(request);
    const { dryRun } = parse(request.body);
    if (findCollection(services.catalog, undefined, name) === undefined) {
      throw new MongoError('NamespaceNotFound', `collection does not exist: ${name.full}`);
    }
    return dryRun === true ? { estimatedBytesFreed: 0 } : { bytesFreed: 0 };
  },
};
