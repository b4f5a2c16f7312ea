/**
 * A pipeline is read once into stages and run many times. Reading checks everything that does not need data: each
 * stage's argument, and where each stage stands.
 *
 *   stages ─ parsePipeline ─► Pipeline ─ openPipeline ─► reader.open(what the collection does) ─► rest.open(…) ─► source
 */
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { Scope } from '../expression/expression.ts';
import { ParseContext } from '../expression/parse.ts';
import { limits } from '../limits.ts';
import type { Namespace } from './collection.ts';
import { parseCommandVariables } from './command-variables.ts';
import type { AggregationOptions } from './options.ts';
import { checkPlacement } from './placement.ts';
import { type DocumentSource, type Execution, emptySource } from './source.ts';
import { splitPipeline } from './split.ts';
import { Pipeline, type PipelineContext, type PipelinePlace, type PipelineStage } from './stage.ts';
import { findStage } from './stage-table.ts';

export { Pipeline };

/** Reads a pipeline of the aggregate command; throws what MongoDB throws for it. */
export function parsePipeline(stages: readonly Value[], options: AggregationOptions): Pipeline {
  return parseAt(stages, options, 'command');
}

/** Reads a pipeline that stands as the definition of a view. */
export function parseViewPipeline(stages: readonly Value[], options: AggregationOptions): Pipeline {
  return parseAt(stages, { ...options, let: undefined }, 'view');
}

/** Reads an update that is a pipeline; stages that an update cannot consist of are InvalidOptions. */
export function parseUpdatePipeline(stages: readonly Value[], options: AggregationOptions): Pipeline {
  return parseAt(stages, options, 'update');
}

function parseAt(stages: readonly Value[], options: AggregationOptions, place: PipelinePlace): Pipeline {
  const scope = new Scope(options, BsonDocument.empty);
  const { collation, isStrictApi, scripting, watch } = options;
  const outer = new ParseContext({ collation, isStrictApi, scripting, watch });
  const expressions = options.let === undefined ? outer : parseCommandVariables(options.let, outer, scope);
  const namespace =
    options.collection === undefined ? undefined : { database: options.database, collection: options.collection };
  return parseStages(
    stages,
    makeContext({ options, place, namespace, expressions, scope, inner: new Map(), isInsideFacet: false, depth: 0 }),
  );
}

interface ContextFields extends Omit<PipelineContext, 'parseInner' | 'openInner' | 'isFirst'> {
  readonly scope: Scope;
  /** What the pipelines inside of its stages read, at any depth: filled as they are read. */
  readonly inner: Map<string, Namespace>;
}

interface ScopedContext extends PipelineContext {
  readonly scope: Scope;
  readonly inner: Map<string, Namespace>;
}

function makeContext(fields: ContextFields): ScopedContext {
  return {
    ...fields,
    isFirst: true,
    parseInner(stages, inner) {
      const depth = fields.depth + (inner.place === 'facet' ? 0 : 1);
      if (depth > limits.subPipelineDepth) {
        throw new MongoError(
          'MaxSubPipelineDepthExceeded',
          `Maximum number of nested sub-pipelines exceeded. Limit is ${limits.subPipelineDepth}`,
        );
      }
      const isInsideFacet = fields.isInsideFacet || inner.place === 'facet';
      const { namespace } = inner;
      if (namespace !== undefined) fields.inner.set(`${namespace.database}.${namespace.collection}`, namespace);
      return parseStages(stages, makeContext({ ...fields, ...inner, isInsideFacet, depth }));
    },
    openInner: (pipeline, namespace, scope, execution) =>
      openWithScope(pipeline, namespace, fields.options, scope, execution),
  };
}

function parseStages(stages: readonly Value[], context: ScopedContext): Pipeline {
  if (stages.length > limits.pipelineStages) {
    throw new MongoError('Location7749501', `Pipeline length must be no longer than ${limits.pipelineStages} stages.`);
  }
  const named = stages.map(requireStage);
  const parsed: PipelineStage[] = [];
  let behind: PipelineContext = context;
  for (const { name, definition, specification } of named) {
    if (context.options.isStrictApi && !definition.inStableApi) {
      throw new MongoError('APIStrictError', `stage ${name} is not allowed with 'apiStrict: true' in API Version 1`);
    }
    const stage = definition.parse(specification.get(name) as Value, behind);
    parsed.push({ name, specification, definition, stage });
    behind = { ...behind, isFirst: false };
    if (stage.metadata !== undefined) behind = withMetadata(behind, stage.metadata);
  }
  checkPlacement(parsed, context);
  return new Pipeline(parsed, context.scope, context.inner);
}

/** The context of the stages behind one whose documents come with metadata. */
function withMetadata(context: PipelineContext, metadata: ReadonlySet<string>): PipelineContext {
  const { expressions } = context;
  return { ...context, expressions: expressions.withOptions({ ...expressions.options, metadata }) };
}

function requireStage(specification: Value) {
  if (!(specification instanceof BsonDocument)) {
    throw new MongoError('TypeMismatch', "Each element of the 'pipeline' array must be an object");
  }
  const name = specification.firstKey();
  if (name === undefined || specification.size() !== 1) {
    throw new MongoError('Location40323', 'A pipeline stage specification object must contain exactly one field.');
  }
  const definition = findStage(name);
  if (definition === undefined) throw new MongoError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
  return { name, definition, specification };
}

/**
 * Opens a pipeline over a namespace: resolves a view, gives the collection what it can do, and the rest to the stages.
 * `namespace` is absent for `aggregate: 1`.
 */
export function openPipeline(
  pipeline: Pipeline,
  namespace: Namespace | undefined,
  options: AggregationOptions,
  execution: Execution,
): Promise<DocumentSource> {
  return openWithScope(pipeline, namespace, options, pipeline.scope, execution);
}

async function openWithScope(
  pipeline: Pipeline,
  namespace: Namespace | undefined,
  options: AggregationOptions,
  scope: Scope,
  execution: Execution,
): Promise<DocumentSource> {
  if (namespace === undefined || pipeline.isSelfSourced) return pipeline.open(emptySource, scope);
  const description = await execution.reader.describe(namespace);
  if (description.kind === 'view') {
    const view = parseViewPipeline(description.stages, { ...options, ...description.on });
    return openWithScope(pipeline.behind(view), description.on, options, scope, execution);
  }
  const { leading, rest } = splitPipeline(pipeline);
  return rest.open(await execution.reader.open(namespace, { ...leading, scope }), scope);
}
