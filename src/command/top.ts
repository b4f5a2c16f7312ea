import type { Value } from '../bson/value.ts';
import { BsonDocument } from '../bson/value.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** top: how often and how long each collection was used since the server began (manual, "top"). */
export const top: Command = {
  ...diagnostic,
  name: 'top',
  help: 'use of each collection',
  isAdminOnly: true,
  privilege: { action: 'top', resource: 'cluster' },
  run(_operation, _request, services) {
    const totals = new Map<string, Value>([['note', 'all times in microseconds']]);
    for (const database of services.catalog.databases()) {
      for (const { namespace } of services.catalog.list(undefined, database)) {
        const usage = services.usage.describe(namespace.full);
        if (usage !== undefined) totals.set(namespace.full, usage);
      }
    }
    return { totals: BsonDocument.fromFields(totals) };
  },
};
