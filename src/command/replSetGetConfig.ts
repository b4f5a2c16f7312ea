import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { requireReplicaSet } from './replSetGetStatus.ts';
import { shownHost } from './shown-host.ts';

/** replSetGetConfig: the configuration of the replica set of one (manual, "replSetGetConfig"). */
export const replSetGetConfig: Command = {
  ...diagnostic,
  name: 'replSetGetConfig',
  help: 'configuration of the replica set',
  isAdminOnly: true,
  privilege: { action: 'replSetGetConfig', resource: 'cluster' },
  run({ client }, _request, services) {
    const set = requireReplicaSet(services);
    return {
      config: {
        _id: set,
        version: 1,
        term: 1,
        members: [
          {
            _id: 0,
            host: shownHost(services.identity, client),
            arbiterOnly: false,
            buildIndexes: true,
            hidden: false,
            priority: 1,
            tags: {},
            secondaryDelaySecs: 0n,
            votes: 1,
          },
        ],
        protocolVersion: 1n,
        writeConcernMajorityJournalDefault: true,
        settings: {
          chainingAllowed: true,
          heartbeatIntervalMillis: 2000,
          heartbeatTimeoutSecs: 10,
          electionTimeoutMillis: 10000,
          catchUpTimeoutMillis: -1,
          catchUpTakeoverDelayMillis: 30000,
          getLastErrorModes: {},
          getLastErrorDefaults: { w: 1, wtimeout: 0 },
          replicaSetId: services.identity.electionId,
        },
      },
    };
  },
};
