/**
 * A pipeline is read once into stages and run many times. Reading checks everything that does not need data: each
 * stage's argument, and where each stage stands.
 *
 *   stages ─ parse ─► Pipeline ─ split ─► leading: reader.open(what the collection does) ─► rest.open(…) ─► source
 *                         └ behind(view's stages)
 */
import type { Value } from '../bson/value.ts';
import { invariant } from '../error/invariant.ts';
import type { Namespace } from './collection.ts';
import type { AggregationOptions } from './options.ts';
import { type DocumentSource, type Execution, emptySource } from './source.ts';
import type { Pipeline } from './stage.ts';

export type { Pipeline };

/** Reads a pipeline of the aggregate command; throws what MongoDB throws for it. */
export function parsePipeline(stages: readonly Value[], options: AggregationOptions): Pipeline {
  return parsePlaced(stages, options, 'command');
}

/** Reads a pipeline that stands as the definition of a view. */
export function parseViewPipeline(stages: readonly Value[], options: AggregationOptions): Pipeline {
  return parsePlaced(stages, options, 'view');
}

function parsePlaced(stages: readonly Value[], options: AggregationOptions, place: string): Pipeline {
  invariant(false, `no stage is known yet (${stages.length} stages on ${options.database}, ${place})`);
}

/**
 * Opens a pipeline over a namespace: resolves a view, gives the collection what it can do, and the rest to the stages.
 * The aggregate command and every stage that reads another collection come through here.
 */
export async function openPipeline(
  pipeline: Pipeline,
  namespace: Namespace | undefined,
  options: AggregationOptions,
  execution: Execution,
): Promise<DocumentSource> {
  if (namespace === undefined || pipeline.isSelfSourced) return pipeline.open(emptySource);
  const description = await execution.reader.describe(namespace);
  if (description.kind === 'view') {
    const view = parseViewPipeline(description.stages, options);
    return openPipeline(pipeline.behind(view), description.on, options, execution);
  }
  const { leading, rest } = pipeline.split();
  return rest.open(await execution.reader.open(namespace, leading));
}
