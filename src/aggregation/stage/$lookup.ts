/**
 * Joins: for each document the documents of another collection that belong to it, as an array. Which ones is said by
 * two fields that are equal, by a pipeline that may read variables of the document, or by both.
 *
 *   equality, no index on the foreign field     the foreign documents are read once and hashed by it (`JoinTable`)
 *   pipeline that reads no variable             it is run once and its result used for all
 *   otherwise                                   a query on the foreign collection for each document
 */
import type { BsonDocument, Value } from '../../bson/value.ts';
import { Dependencies, parseLet } from '../../expression/parse.ts';
import { parseLookupArgument } from '../lookup-argument.ts';
import { type Join, LookupFinder } from '../lookup-finder.ts';
import { setPath } from '../set-path.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { foreignPipelines } from '../stage-privilege.ts';
import { generated } from '../stream.ts';

/** For each document the documents of another collection that belong to it. */
export const $lookup: StageDefinition = {
  ...anywhere,
  requires: (argument, place) => foreignPipelines(argument, 'from', place),
  parse(argument, context) {
    const { as, join } = parseJoin(argument, context);
    return {
      open: (input, scope) =>
        generated(async function* (current) {
          const finder = new LookupFinder(join, scope);
          for (let batch = await input.next(current()); batch !== undefined; batch = await input.next(current())) {
            const joined: BsonDocument[] = [];
            for (const document of batch) {
              joined.push(setPath(document, as, await finder.find(document, current())));
              current().checkInterrupt();
              const pause = current().pause();
              if (pause !== undefined) await pause;
            }
            yield joined;
          }
        }),
    };
  },
};

function parseJoin(argument: Value, context: PipelineContext): { as: readonly string[]; join: Join } {
  const { as, from, equality, letVariables, stages } = parseLookupArgument(argument, context);
  const variables = letVariables === undefined ? undefined : parseLet(letVariables, context.expressions);
  const inside = new Dependencies();
  const expressions = (variables?.context ?? context.expressions).collecting(inside);
  const pipeline = context.parseInner(stages, { place: 'lookup', namespace: from, expressions });
  const own = new Set(letVariables?.keys());
  const outside = context.expressions.dependencies;
  let readsOwn = false;
  for (const name of inside.variables) {
    if (own.has(name)) readsOwn = true;
    else outside.variables.add(name);
  }
  outside.isRandom ||= inside.isRandom;
  const isFixed = equality === undefined && !readsOwn && !inside.isRandom;
  return { as, join: { context, from, equality, variables, expressions, pipeline, isFixed } };
}
