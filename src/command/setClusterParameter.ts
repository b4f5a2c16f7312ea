import { object } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { ClusterParameters } from './write/cluster-parameters.ts';
import { clusterParametersNamespace, saveSetting } from './write/stored-setting.ts';

/** setClusterParameter: sets one cluster parameter, for good (manual, "setClusterParameter"). */
export const setClusterParameter: Command = {
  ...diagnostic,
  name: 'setClusterParameter',
  help: 'set a cluster parameter',
  isAdminOnly: true,
  allowsWriteConcern: true,
  privilege: { action: 'setClusterParameter', resource: 'cluster' },
  async run(operation, request, services): Promise<Reply> {
    const given = object(request.body.get('setClusterParameter') ?? null, 'setClusterParameter.setClusterParameter');
    const [entry, ...others] = [...given.entries()];
    if (entry === undefined || others.length > 0) {
      throw new MongoError('BadValue', 'setClusterParameter takes exactly one parameter');
    }
    const [name, value] = entry;
    const fields = services.clusterParameters.read(name, value);
    const time = services.time.tick();
    const next = new ClusterParameters();
    next.set(name, fields, time);
    await saveSetting(services, operation, clusterParametersNamespace, next.describe(name));
    services.clusterParameters.set(name, fields, time);
    return {};
  },
};
