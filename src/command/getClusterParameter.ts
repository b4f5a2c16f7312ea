import { string, wrongType } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** getClusterParameter: one, several or all cluster parameters (manual, "getClusterParameter"). */
export const getClusterParameter: Command = {
  ...diagnostic,
  name: 'getClusterParameter',
  help: 'values of cluster parameters',
  isAdminOnly: true,
  privilege: { action: 'getClusterParameter', resource: 'cluster' },
  run(_operation, request, services) {
    const wanted = request.body.get('getClusterParameter') ?? null;
    const { clusterParameters } = services;
    if (wanted === '*') {
      return { clusterParameters: clusterParameters.names().map((name) => clusterParameters.describe(name)) };
    }
    if (typeof wanted === 'string') return { clusterParameters: [clusterParameters.describe(wanted)] };
    if (!Array.isArray(wanted)) throw wrongType(wanted, 'getClusterParameter', 'string', 'array');
    if (wanted.length === 0) throw new MongoError('BadValue', 'Must supply at least one cluster server parameter name');
    const names = wanted.map((name, at) => string(name, `getClusterParameter.${at}`));
    return { clusterParameters: names.map((name) => clusterParameters.describe(name)) };
  },
};
