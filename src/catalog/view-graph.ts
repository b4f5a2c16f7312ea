/**
 * Views stand on collections and on other views, and their pipelines read further ones. What a view reaches this way must
 * not be itself, must not lie too deep, and must compare strings as the view does.
 */
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { collationsEqual } from '../query/collation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { View } from './collection.ts';

/** Throws GraphContainsCycle, ViewDepthLimitExceeded, OptionNotSupportedOnView for a view that is about to be made or changed. */
export function checkViewGraph(catalog: Catalog, transaction: StorageTransaction, view: View): void {
  const { database, collection: own } = view.namespace;
  const depths = new Map<string, number>();
  /** How many views lie on the way from this one to the ground, itself included. */
  const depthOf = (current: View, path: readonly string[]): number => {
    let below = 0;
    for (const name of dependencies(current)) {
      if (name === own) {
        throw new MongoError('GraphContainsCycle', `View cycle detected: ${[...path, name].join(' => ')}`);
      }
      const entry = catalog.find(transaction, database, name);
      if (entry?.kind !== 'view') continue;
      if (!collationsEqual(entry.collation, view.collation)) {
        throw new MongoError(
          'OptionNotSupportedOnView',
          `View ${own} has a collation that does not match the collation of the view ${name}`,
        );
      }
      if (path.length >= limits.viewDepth) throw tooDeep(own);
      let depth = depths.get(name);
      if (depth === undefined) {
        depth = depthOf(entry, [...path, name]);
        depths.set(name, depth);
      }
      below = Math.max(below, depth);
    }
    return below + 1;
  };
  if (depthOf(view, [own]) > limits.viewDepth) throw tooDeep(own);
}

function tooDeep(view: string): MongoError {
  return new MongoError(
    'ViewDepthLimitExceeded',
    `View depth limit exceeded; maximum depth is ${limits.viewDepth}, reached by ${view}`,
  );
}

/** Collections and views of the same database that a view reads. */
function dependencies({ viewOn, pipeline }: View): Set<string> {
  const names = new Set([viewOn]);
  collect(pipeline, names);
  return names;
}

function collect(stages: Value | readonly Value[] | undefined, names: Set<string>): void {
  if (!Array.isArray(stages)) return;
  for (const stage of stages as readonly Value[]) {
    if (!(stage instanceof BsonDocument)) continue;
    const name = stage.firstKey();
    const argument = name === undefined ? undefined : stage.get(name);
    if (name === '$unionWith' && typeof argument === 'string') names.add(argument);
    if (!(argument instanceof BsonDocument)) continue;
    if (name === '$facet') for (const [, inner] of argument.entries()) collect(inner, names);
    if (name !== '$lookup' && name !== '$graphLookup' && name !== '$unionWith') continue;
    const from = argument.get(name === '$unionWith' ? 'coll' : 'from');
    if (typeof from === 'string') names.add(from);
    collect(argument.get('pipeline'), names);
  }
}
