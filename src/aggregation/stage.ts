/**
 * What a stage is. A definition is a row of the table: the policy that says where the stage may stand, and the function
 * that reads its argument once. What that gives is a `Stage`, which can be opened over any source, any number of times.
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { LeadingQuery, Namespace } from './collection.ts';
import type { AggregationOptions } from './options.ts';
import type { DocumentSource, Execution } from './source.ts';

/** A stage whose argument was read. Holds no state of a run. */
export interface Stage {
  /** A stream of what the stage makes of `input`. Nothing is read before the first `next`. */
  open(input: DocumentSource): DocumentSource;
}

/** Which namespace an aggregate command must name for a first stage of this kind. */
export type StageNamespace =
  /** A collection: `aggregate: 'name'`. */
  | 'collection'
  /** None: `aggregate: 1` on any database. */
  | 'database'
  /** None: `aggregate: 1` on `admin`. */
  | 'admin'
  /** Any of them. */
  | 'any';

/** Where a stage may stand, as data. Every field is stated in every row. */
export interface StagePolicy {
  /** `first`: only at the start of its pipeline (40602); `last`: only at its end (40601). */
  readonly position: 'any' | 'first' | 'last';
  readonly namespace: StageNamespace;
  /** In a sub-pipeline of $facet (40600). */
  readonly inFacet: boolean;
  /** In a sub-pipeline of $lookup (51047). */
  readonly inLookup: boolean;
  /** In a sub-pipeline of $unionWith (31441). */
  readonly inUnionWith: boolean;
  /** Inside a multi-document transaction (OperationNotSupportedInTransaction). */
  readonly inTransaction: boolean;
  /** In the definition of a view. */
  readonly inView: boolean;
  /** In an update that is a pipeline. */
  readonly inUpdate: boolean;
  /** Writes to a collection. */
  readonly writes: boolean;
  /** In Stable API version 1. */
  readonly inStableApi: boolean;
}

export interface StageDefinition extends StagePolicy {
  /** Reads the argument; throws what MongoDB throws for it. */
  parse(argument: Value, context: PipelineContext): Stage;
}

/** A stage in its pipeline. */
export interface PipelineStage {
  readonly name: string;
  /** The stage as it was written: `{$name: argument}`. */
  readonly specification: BsonDocument;
  readonly definition: StageDefinition;
  readonly stage: Stage;
}

/** Where a pipeline stands. */
export type PipelinePlace = 'command' | 'view' | 'facet' | 'lookup' | 'unionWith' | 'update';

/** What a stage's parser knows, and its way to pipelines inside of its argument. */
export interface PipelineContext {
  readonly options: AggregationOptions;
  readonly place: PipelinePlace;
  /** Reads the pipeline in a stage's argument. */
  parseInner(stages: readonly Value[], place: PipelinePlace): Pipeline;
  /** Opens such a pipeline on a collection or view of any database. */
  openInner(pipeline: Pipeline, namespace: Namespace, execution: Execution): MaybePromise<DocumentSource>;
}

/** Stages in order. Immutable; opened any number of times. */
export class Pipeline {
  readonly stages: readonly PipelineStage[];

  constructor(stages: readonly PipelineStage[]) {
    this.stages = stages;
  }

  /** Whether the last stage writes ($out, $merge). */
  get writes(): boolean {
    return this.stages.at(-1)?.definition.writes ?? false;
  }

  /** Whether the first stage makes its documents itself, so that no collection is opened ($documents, $collStats, …). */
  get isSelfSourced(): boolean {
    return this.stages[0]?.definition.position === 'first';
  }

  /** The specifications, for explain and listCollections. */
  get specifications(): readonly BsonDocument[] {
    return this.stages.map((stage) => stage.specification);
  }

  /** This pipeline behind the stages of a view. */
  behind(view: Pipeline): Pipeline {
    return new Pipeline([...view.stages, ...this.stages]);
  }

  /** What the collection can do of this pipeline, and the pipeline that is left for `open`. */
  split(): { leading: LeadingQuery; rest: Pipeline } {
    return { leading: {}, rest: this };
  }

  /** The stream that the stages make of a source. Nothing is read before the first `next`. */
  open(source: DocumentSource): DocumentSource {
    return this.stages.reduce((input, { stage }) => stage.open(input), source);
  }
}
