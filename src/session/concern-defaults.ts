import { localReadConcern, type ReadConcern } from './read-concern.ts';
import { majorityWriteConcern, type WriteConcern } from './write-concern.ts';

/** The concerns of commands that name none: MongoDB's own, until setDefaultRWConcern sets others. */
export class ConcernDefaults {
  read: ReadConcern = localReadConcern;
  write: WriteConcern = majorityWriteConcern;
}
