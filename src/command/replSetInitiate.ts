import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { requireReplicaSet } from './replSetGetStatus.ts';

/** replSetInitiate: refused, since this server is a replica set from its start. Scripts that ask first see why. */
export const replSetInitiate: Command = {
  ...diagnostic,
  name: 'replSetInitiate',
  help: 'already done: the server is a replica set from its start',
  isAdminOnly: true,
  privilege: { action: 'replSetConfigure', resource: 'cluster' },
  run(_operation, _request, services) {
    requireReplicaSet(services);
    throw new MongoError('AlreadyInitialized', 'already initialized');
  },
};
