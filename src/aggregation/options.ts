import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import type { Scripting, ScriptRun } from '../javascript/script-run.ts';
import type { Collation } from '../query/collation.ts';

/** What a whole aggregation knows before its pipeline is read. The command makes one. */
export interface AggregationOptions {
  readonly database: string;
  /** Absent for `aggregate: 1`. */
  readonly collection: string | undefined;
  /** Of the command, or of the collection where the command names none. Absent: by bytes. */
  readonly collation: Collation | undefined;
  /** The command's `let`, unevaluated. */
  readonly let: BsonDocument | undefined;
  /** $$NOW; the same for the whole life of the cursor. */
  readonly now: Date;
  /** $$CLUSTER_TIME; absent on a standalone. */
  readonly clusterTime: Timestamp | undefined;
  /** $$USER_ROLES. */
  readonly userRoles: Value | undefined;
  /** Of $rand, $sampleRate and $sample. */
  readonly randomness: Randomness;
  /** Runs the functions of $function and $accumulator. Absent: they may not stand in the pipeline. */
  readonly scripts?: ScriptRun | undefined;
  readonly scripting?: Scripting | undefined;
  /** Looks up from long work, of reading the pipeline too. */
  readonly watch?: WorkWatch | undefined;
  readonly isInTransaction: boolean;
  readonly isStrictApi: boolean;
  readonly isExplain: boolean;
  readonly readConcernLevel: string;
  readonly bypassDocumentValidation: boolean;
}
