/**
 * What a stage is. A definition is a row of the table: the policy that says where the stage may stand, and the function
 * that reads its argument once. What that gives is a `Stage`, which can be opened over any source, any number of times.
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import type { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import type { ParseContext } from '../expression/parse.ts';
import type { Filter } from '../query/filter.ts';
import type { Sort } from '../query/sort.ts';
import type { ChangeStreamArgument } from './change-stream-argument.ts';
import type { Namespace } from './collection.ts';
import { MetadataScope } from './metadata.ts';
import type { AggregationOptions } from './options.ts';
import type { DocumentSource, Execution } from './source.ts';
import type { StagePlace, StagePrivilege, StageRequirement } from './stage-privilege.ts';

/** A stage whose argument was read. Holds no state of a run. */
export interface Stage {
  /**
   * A stream of what the stage makes of `input`. Nothing is read before the first `next`. The scope holds the values of
   * the variables around the pipeline; the stage forks it before it moves it to a document.
   */
  open(input: DocumentSource, scope: Scope): DocumentSource;
  /** As `open`, where only the first `limit` documents of the result are wanted. */
  openLimited?(input: DocumentSource, scope: Scope, limit: number): DocumentSource;
  /** Checks what a run would check before it reads anything; for explain, which runs nothing. */
  check?(execution: Execution): Promise<void>;
  /** What a collection could do in place of the stage. */
  readonly leading?: LeadingPart;
  /** Gives nothing before it has read everything, though its policy speaks of a form of it that does not. */
  readonly readsEverything?: boolean;
  /** Kinds of metadata that its documents come with; the stages behind it may ask for them. */
  readonly metadata?: ReadonlySet<string>;
  /** Makes its documents from nothing that a collection gives; its pipeline needs no source. */
  readonly isSelfSourced?: boolean;
  /** What a change stream asks for, in the stage that begins one: the command opens it, since it outlives its batches. */
  readonly changeStream?: ChangeStreamArgument;
}

/** The part of a query that a stage amounts to. */
export type LeadingPart =
  | {
      readonly kind: 'filter';
      readonly filter: Filter;
      /** Reads another filter as if it stood at this place. */
      readonly parse: (specification: BsonDocument) => Filter;
    }
  | { readonly kind: 'sort'; readonly sort: Sort }
  | { readonly kind: 'skip'; readonly count: number }
  | { readonly kind: 'limit'; readonly count: number };

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
  /** Behind $changeStream (IllegalOperation). */
  readonly inChangeStream: boolean;
  /** Writes to a collection. */
  readonly writes: boolean;
  /** Read concern levels under which it may run (InvalidOptions). */
  readonly readConcern: 'any' | 'local' | 'notLinearizable' | 'majority';
  /** In Stable API version 1. */
  readonly inStableApi: boolean;
  /** What a pipeline that begins with it asks of whoever runs it. */
  readonly privilege: StagePrivilege;
}

export interface StageDefinition extends StagePolicy {
  /** The error where the stage stands behind others though it must be first. Absent: Location40602. */
  firstError?(name: string): MongoError;
  /** What it asks of whoever runs it because of its argument. */
  requires?(argument: Value, place: StagePlace): readonly StageRequirement[];
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
export type PipelinePlace = 'command' | 'view' | 'facet' | 'lookup' | 'unionWith' | 'rankFusion' | 'update';

/** Where a pipeline inside of a stage's argument stands. */
export interface InnerPlace {
  readonly place: PipelinePlace;
  readonly namespace?: Namespace | undefined;
  readonly expressions?: ParseContext;
}

/** What a stage's parser knows, and its way to pipelines inside of its argument. */
export interface PipelineContext {
  readonly options: AggregationOptions;
  readonly place: PipelinePlace;
  /** What the pipeline reads; absent where it makes its own documents. */
  readonly namespace: Namespace | undefined;
  /** Variables and collation of the expressions at this place. */
  readonly expressions: ParseContext;
  /** Whether some pipeline around this one stands in a $facet. */
  readonly isInsideFacet: boolean;
  /** Whether the stage that is read stands at the start of its pipeline. */
  readonly isFirst: boolean;
  /** How many pipelines this one lies inside of. */
  readonly depth: number;
  /** Reads the pipeline in a stage's argument. Absent fields are as in this context. */
  parseInner(stages: readonly Value[], inner: InnerPlace): Pipeline;
  /** Opens such a pipeline on a collection or view of any database. */
  openInner(
    pipeline: Pipeline,
    namespace: Namespace | undefined,
    scope: Scope,
    execution: Execution,
  ): Promise<DocumentSource>;
}

const noNamespaces: ReadonlyMap<string, Namespace> = new Map();

/** Stages in order. Immutable; opened any number of times. */
export class Pipeline {
  readonly stages: readonly PipelineStage[];
  /** Values of the variables around the pipeline, where they are known when it is read. */
  readonly scope: Scope;
  /** Collections and views that pipelines inside of its stages read, by `database.collection`. */
  readonly inner: ReadonlyMap<string, Namespace>;

  constructor(stages: readonly PipelineStage[], scope: Scope, inner: ReadonlyMap<string, Namespace> = noNamespaces) {
    this.stages = stages;
    this.scope = scope;
    this.inner = inner;
  }

  /** Whether the last stage writes ($out, $merge). */
  get writes(): boolean {
    return this.stages.at(-1)?.definition.writes ?? false;
  }

  /** Whether the first stage makes its documents itself, so that no collection is opened ($documents, $collStats, …). */
  get isSelfSourced(): boolean {
    return this.stages[0]?.stage.isSelfSourced ?? false;
  }

  /** The specifications, for explain and listCollections. */
  get specifications(): readonly BsonDocument[] {
    return this.stages.map((stage) => stage.specification);
  }

  /** This pipeline behind the stages of a view. */
  behind(view: Pipeline): Pipeline {
    return new Pipeline([...view.stages, ...this.stages], this.scope, this.inner);
  }

  /** The pipeline without its first stages. */
  from(count: number): Pipeline {
    return new Pipeline(this.stages.slice(count), this.scope, this.inner);
  }

  /** The stream that the stages make of a source. Nothing is read before the first `next`. */
  open(source: DocumentSource, scope: Scope = this.scope): DocumentSource {
    let stream = source;
    let around = scope;
    for (const [index, { stage }] of this.stages.entries()) {
      const limit = stage.openLimited === undefined ? undefined : this.#limitBehind(index);
      stream = limit === undefined ? stage.open(stream, around) : openLimited(stage, stream, around, limit);
      if (stage.metadata !== undefined) around = MetadataScope.over(around);
    }
    return stream;
  }

  /** How many documents the $skip and $limit stages right behind this one let through, those skipped included. */
  #limitBehind(index: number): number | undefined {
    let skipped = 0;
    for (let next = index + 1; ; next++) {
      const part = this.stages[next]?.stage.leading;
      if (part?.kind === 'limit') return skipped + part.count;
      if (part?.kind !== 'skip') return undefined;
      skipped += part.count;
    }
  }
}

function openLimited(stage: Stage, input: DocumentSource, scope: Scope, limit: number): DocumentSource {
  return stage.openLimited?.(input, scope, limit) ?? stage.open(input, scope);
}
