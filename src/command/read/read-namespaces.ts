import type { Namespace } from '../../aggregation/collection.ts';
import { parseViewPipeline } from '../../aggregation/pipeline.ts';
import type { Pipeline } from '../../aggregation/stage.ts';
import { type Namespace as FullNamespace, namespace } from '../../catalog/namespace.ts';
import type { Services } from '../services.ts';
import type { aggregationOptions } from './aggregation-options.ts';
import { resolveView } from './collection-reader.ts';

/**
 * The collections that a pipeline reads, in the order of their names: the one that it begins with, those that stages
 * inside of it name, and what lies under those of them that are views.
 */
export function readNamespaces(
  services: Services,
  name: Namespace | undefined,
  pipeline: Pipeline,
  options: ReturnType<typeof aggregationOptions>,
): FullNamespace[] {
  const found = new Map<string, FullNamespace>();
  const seen = new Set<string>();
  const open: Namespace[] = [...(name === undefined ? [] : [name]), ...pipeline.inner.values()];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const full = namespace(next.database, next.collection);
    if (seen.has(full.full)) continue;
    seen.add(full.full);
    const entry = services.catalog.find(undefined, full.database, full.collection);
    if (entry?.kind !== 'view') {
      found.set(full.full, full);
      continue;
    }
    const { on, stages } = resolveView(services, undefined, entry);
    open.push(on, ...parseViewPipeline(stages, { ...options, ...on }).inner.values());
  }
  return [...found.values()].sort((left, right) => (left.full < right.full ? -1 : 1));
}
