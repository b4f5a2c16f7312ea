/** What commands set for the whole server: read back at its start where it outlives the server, new where it does not. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { ConcernDefaults } from '../../session/concern-defaults.ts';
import { loadConcernDefaults } from '../read/default-concerns.ts';
import { IndexFilters } from '../read/index-filters.ts';
import { NamespaceUsage } from '../read/namespace-usage.ts';
import { ClusterParameters, loadClusterParameters } from './cluster-parameters.ts';
import { ProfilingLevels } from './profiler.ts';
import { loadUserWriteBlock, type UserWriteBlock } from './user-write-block.ts';

/** Settings and counts of one server that no other part owns. */
export interface ServerSettings {
  /** Cluster parameters, kept in `config`. */
  readonly clusterParameters: ClusterParameters;
  /** Whether users may write, kept in `config`. */
  readonly userWriteBlock: UserWriteBlock;
  /** Which indexes queries of some shapes may use. */
  readonly indexFilters: IndexFilters;
  /** What the profiler records. */
  readonly profiling: ProfilingLevels;
  /** How often collections were used. */
  readonly usage: NamespaceUsage;
}

/** Reads what was saved, the default concerns too. */
export async function openServerSettings(catalog: Catalog, defaults: ConcernDefaults): Promise<ServerSettings> {
  const clusterParameters = new ClusterParameters();
  await loadClusterParameters(catalog, clusterParameters);
  await loadConcernDefaults(catalog, defaults);
  return {
    clusterParameters,
    userWriteBlock: await loadUserWriteBlock(catalog),
    indexFilters: new IndexFilters(),
    profiling: new ProfilingLevels(),
    usage: new NamespaceUsage(),
  };
}
