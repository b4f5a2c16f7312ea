/** What surrounds the operations of one test. */
import type { Document } from 'mongodb';
import type { EntityMap } from './entity.ts';
import type { Nodes } from './node.ts';

export interface TestContext {
  /** The connection string of the deployment. */
  readonly uri: string;
  readonly nodes: Nodes;
  readonly entities: EntityMap;
  /** The cluster time after the initial data was written. */
  readonly clusterTime: Document | undefined;
}
