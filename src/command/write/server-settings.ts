/** What commands set for the whole server, and what it counts for them. */
import type { FeatureCompatibilityVersion } from '../read/feature-compatibility.ts';
import type { IndexFilters } from '../read/index-filters.ts';
import type { NamespaceUsage } from '../read/namespace-usage.ts';
import type { ClusterParameters } from './cluster-parameters.ts';
import type { ProfilingLevels } from './profiling-levels.ts';
import type { UserWriteBlock } from './user-write-block.ts';

/** Settings and counts of one server that no other part owns. */
export interface ServerSettings {
  /** Cluster parameters, kept in `config`. */
  readonly clusterParameters: ClusterParameters;
  /** What setFeatureCompatibilityVersion left, kept in `admin`. */
  readonly featureCompatibility: { version: FeatureCompatibilityVersion };
  /** Whether users may write, kept in `config`. */
  readonly userWriteBlock: UserWriteBlock;
  /** Which indexes queries of some shapes may use. */
  readonly indexFilters: IndexFilters;
  /** What the profiler records. */
  readonly profiling: ProfilingLevels;
  /** How often collections were used. */
  readonly usage: NamespaceUsage;
}
