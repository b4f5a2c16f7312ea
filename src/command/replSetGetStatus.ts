import { Double, Timestamp } from '../bson/scalar.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import type { Services } from './services.ts';
import { shownHost } from './shown-host.ts';

/** Throws NoReplicationEnabled on a standalone. */
export function requireReplicaSet(services: Services): string {
  const { replicaSet } = services.identity;
  if (replicaSet === undefined) throw new MongoError('NoReplicationEnabled', 'not running with --replSet');
  return replicaSet;
}

/** replSetGetStatus: the replica set of one that this server is (manual, "replSetGetStatus"). */
export const replSetGetStatus: Command = {
  ...diagnostic,
  name: 'replSetGetStatus',
  help: 'state of the replica set',
  isAdminOnly: true,
  privilege: { action: 'replSetGetStatus', resource: 'cluster' },
  run({ client }, _request, services) {
    const set = requireReplicaSet(services);
    const now = new Date(services.clock.nowMs());
    const ts = services.time.applied;
    const opTime = { ts, t: 1n };
    return {
      set,
      date: now,
      myState: 1,
      term: 1n,
      syncSourceHost: '',
      syncSourceId: -1,
      heartbeatIntervalMillis: 2000n,
      majorityVoteCount: 1,
      writeMajorityCount: 1,
      votingMembersCount: 1,
      writableVotingMembersCount: 1,
      optimes: {
        lastCommittedOpTime: opTime,
        lastCommittedWallTime: now,
        readConcernMajorityOpTime: opTime,
        appliedOpTime: opTime,
        durableOpTime: opTime,
        writtenOpTime: opTime,
        lastAppliedWallTime: now,
        lastDurableWallTime: now,
        lastWrittenWallTime: now,
      },
      lastStableRecoveryTimestamp: ts ?? new Timestamp(0n),
      members: [
        {
          _id: 0,
          name: shownHost(services.identity, client),
          health: new Double(1),
          state: 1,
          stateStr: 'PRIMARY',
          uptime: Math.floor((services.clock.nowMs() - services.identity.startMs) / 1000),
          optime: opTime,
          optimeDate: now,
          lastAppliedWallTime: now,
          lastDurableWallTime: now,
          lastWrittenWallTime: now,
          syncSourceHost: '',
          syncSourceId: -1,
          infoMessage: '',
          electionDate: new Date(services.identity.startMs),
          configVersion: 1,
          configTerm: 1,
          self: true,
          lastHeartbeatMessage: '',
        },
      ],
    };
  },
};
