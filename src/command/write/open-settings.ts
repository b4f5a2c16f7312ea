/** What commands set for the whole server, read back at its start where it outlives the server. */

import { printDocument } from '../../bson/print.ts';
import { Timestamp } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { ConcernDefaults } from '../../session/concern-defaults.ts';
import { parseReadConcern } from '../../session/read-concern.ts';
import { parseWriteConcern } from '../../session/write-concern.ts';
import { concernSettingId } from '../read/default-concerns.ts';
import {
  type FeatureCompatibilityVersion,
  featureCompatibilityId,
  isFeatureCompatibilityVersion,
  newestFeatureCompatibility,
} from '../read/feature-compatibility.ts';
import { IndexFilters } from '../read/index-filters.ts';
import { NamespaceUsage } from '../read/namespace-usage.ts';
import { ClusterParameters } from './cluster-parameters.ts';
import { ProfilingLevels } from './profiling-levels.ts';
import type { ServerSettings } from './server-settings.ts';
import {
  clusterParametersNamespace,
  loadSettings,
  settingsNamespace,
  versionNamespace,
  writeBlockNamespace,
} from './stored-setting.ts';
import type { UserWriteBlock } from './user-write-block.ts';

/** Reads what was saved, the default concerns too. */
export async function openServerSettings(catalog: Catalog, defaults: ConcernDefaults): Promise<ServerSettings> {
  const clusterParameters = new ClusterParameters();
  await loadClusterParameters(catalog, clusterParameters);
  await loadConcernDefaults(catalog, defaults);
  return {
    clusterParameters,
    featureCompatibility: { version: await loadFeatureCompatibility(catalog) },
    userWriteBlock: await loadUserWriteBlock(catalog),
    indexFilters: new IndexFilters(),
    profiling: new ProfilingLevels(),
    usage: new NamespaceUsage(),
  };
}

/** Takes over what an earlier run of the server saved. */
async function loadConcernDefaults(catalog: Catalog, defaults: ConcernDefaults): Promise<void> {
  const saved = (await loadSettings(catalog, settingsNamespace)).find(
    (setting) => setting.get('_id') === concernSettingId,
  );
  if (saved === undefined) return;
  const [read, write] = [saved.get('defaultReadConcern'), saved.get('defaultWriteConcern')];
  const [opTime, wallTime] = [saved.get('updateOpTime'), saved.get('updateWallClockTime')];
  defaults.set(
    read instanceof BsonDocument ? { ...parseReadConcern(read), isExplicit: false } : undefined,
    write instanceof BsonDocument ? parseWriteConcern(write) : undefined,
    {
      opTime: opTime instanceof Timestamp ? opTime : new Timestamp(0n),
      wallTimeMs: wallTime instanceof Date ? wallTime.getTime() : 0,
    },
  );
}

/** Takes over what an earlier run of the server saved. */
async function loadClusterParameters(catalog: Catalog, parameters: ClusterParameters): Promise<void> {
  for (const saved of await loadSettings(catalog, clusterParametersNamespace)) {
    const fields = saved.toFields();
    const [name, time] = [fields.get('_id'), fields.get('clusterParameterTime')];
    fields.delete('_id');
    fields.delete('clusterParameterTime');
    if (typeof name !== 'string' || !(time instanceof Timestamp) || !parameters.isKnown(name)) continue;
    parameters.set(name, BsonDocument.fromFields(fields), time);
  }
}

/** What an earlier run of the server saved. @throws MongoError UnsupportedFormat for the store of another generation. */
async function loadFeatureCompatibility(catalog: Catalog): Promise<FeatureCompatibilityVersion> {
  const settings = await loadSettings(catalog, versionNamespace);
  const saved = settings.find((setting) => setting.get('_id') === featureCompatibilityId);
  if (saved === undefined) return newestFeatureCompatibility;
  const version = saved.get('version');
  if (isFeatureCompatibilityVersion(version)) return version;
  throw new MongoError(
    'UnsupportedFormat',
    `The store has a feature compatibility version that this server does not know: ${printDocument(saved)}`,
  );
}

/** What an earlier run of the server saved. */
async function loadUserWriteBlock(catalog: Catalog): Promise<UserWriteBlock> {
  const saved = (await loadSettings(catalog, writeBlockNamespace)).find((setting) => setting.get('_id') === 'global');
  const reason = saved?.get('reason');
  return { reason: saved?.get('enabled') === true && typeof reason === 'string' ? reason : undefined };
}
