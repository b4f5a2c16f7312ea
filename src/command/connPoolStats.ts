import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** connPoolStats: connections from this server to others (manual, "connPoolStats"): a replica set of one has none. */
export const connPoolStats: Command = {
  ...diagnostic,
  name: 'connPoolStats',
  help: 'connections from this server to others',
  privilege: { action: 'connPoolStats', resource: 'cluster' },
  run() {
    return {
      numClientConnections: 0,
      numAScopedConnections: 0,
      totalInUse: 0,
      totalAvailable: 0,
      totalLeased: 0,
      totalCreated: 0,
      totalRefreshing: 0,
      totalRefreshed: 0,
      replicaSetMatchingStrategy: 'disabled',
      pools: {},
      hosts: {},
      replicaSets: {},
    };
  },
};
