import type { Action } from '../../auth/action.ts';
import { document as literal } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Scope } from '../../expression/expression.ts';
import { checkVariableName, Dependencies, parseExpression } from '../../expression/parse.ts';
import type { UniqueIndex } from '../collection.ts';
import type { MergeRow } from '../collection-writer.ts';
import { type MergeArgument, parseMergeArgument } from '../merge-argument.ts';
import { type Matched, matchedMode, matchedPipeline, unmatched, valueOn } from '../merge-change.ts';
import type { Execution } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { atEnd } from '../stage-policy.ts';
import { namespacesIn, valuesOf, writeRights } from '../stage-privilege.ts';
import { generated } from '../stream.ts';

/** Writes each document into a collection: over the one that it belongs to, or beside the others. Gives none. */
export const $merge: StageDefinition = {
  ...atEnd,
  requires: (argument, place) => {
    const into = typeof argument === 'string' ? [argument] : valuesOf(argument, 'into');
    const targets = into.flatMap((target) => namespacesIn(target, place.database));
    return writeRights(targets, mergeActions(argument), place);
  },
  parse(argument, context) {
    const merge = parseMergeArgument(argument, context);
    const paths = merge.on.map((path) => path.split('.'));
    const makeMatched = parseMatched(merge, context);
    const { collation } = context.options;
    return {
      check: async (execution) => {
        await requireTarget(merge, context, execution);
      },
      open: (input, scope) =>
        generated(async function* (current) {
          const index = await requireTarget(merge, context, current());
          const matched = makeMatched(scope);
          for (let batch = await input.next(current()); batch !== undefined; batch = await input.next(current())) {
            const rows = batch.map(
              (incoming): MergeRow => ({
                filter: filterOn(incoming, merge.on, paths, index),
                change: (existing) =>
                  existing === undefined ? unmatched(merge, incoming, paths) : matched(existing, incoming, current()),
              }),
            );
            if (rows.length > 0) await current().writer.merge(merge.into, rows, collation);
            current().checkInterrupt();
          }
          yield [];
        }),
    };
  },
};

/** Reads `whenMatched`; what comes is made once per run, with the variables around the pipeline. */
function parseMatched(
  { letVariables, on, whenMatched }: MergeArgument,
  context: PipelineContext,
): (scope: Scope) => Matched {
  if (typeof whenMatched === 'string') return () => matchedMode(whenMatched, on);
  const variables = [...withNew(letVariables).entries()].map(([name, value]) => {
    checkVariableName(name, false);
    return { name, expression: parseExpression(value, context.expressions) };
  });
  const names = variables.map(({ name }) => name);
  const { context: inner, slots } = context.expressions.bind(names, false);
  const dependencies = new Dependencies();
  const expressions = inner.collecting(dependencies);
  // What the stages are is checked when the first document needs them; an empty input may name any.
  const parse = () => context.parseInner(whenMatched, { place: 'update', expressions });
  return (outer) =>
    matchedPipeline(parse, (incoming) => {
      const from = outer.fork(incoming);
      const scope = outer.fork(incoming);
      for (const [index, { name, expression }] of variables.entries()) {
        const value = expression.evaluate(from);
        if (value === undefined && dependencies.variables.has(name)) {
          throw new MongoError('Location17276', `Use of undefined variable: ${name}`);
        }
        scope.slots[slots[index] as number] = value;
      }
      return scope;
    });
}

/** `$$new` is the document that comes; a `let` may repeat that, and nothing else. */
function withNew(letVariables: BsonDocument | undefined): BsonDocument {
  const fields = letVariables?.toFields() ?? new Map<string, Value>();
  const own = fields.get('new');
  if (own !== undefined && own !== '$$ROOT') {
    throw new MongoError(
      'Location51273',
      "'let' may not define a value for the reserved 'new' variable other than '$$ROOT'",
    );
  }
  return BsonDocument.fromFields(fields.set('new', '$$ROOT'));
}

async function requireTarget(
  { into, on }: MergeArgument,
  context: PipelineContext,
  execution: Execution,
): Promise<UniqueIndex> {
  const { kind } = await execution.reader.describe(into);
  if (kind === 'view' || kind === 'timeseries') {
    throw new MongoError(
      'CommandNotSupportedOnView',
      `Cannot $merge into ${kind === 'view' ? 'a view' : 'a time-series collection'}: ${into.database}.${into.collection}`,
    );
  }
  const index = await execution.reader.findUniqueIndex(into, on, context.options.collation);
  if (index !== undefined) return index;
  throw new MongoError('Location51183', 'Cannot find index to verify that join fields will be unique');
}

function filterOn(
  incoming: BsonDocument,
  on: readonly string[],
  paths: readonly (readonly string[])[],
  index: UniqueIndex,
): BsonDocument {
  const fields = new Map<string, Value>();
  for (const [position, path] of paths.entries()) {
    const value = valueOn(incoming, path);
    const name = on[position] as string;
    if (isNullish(value) && index.isSparse) {
      throw new MongoError(
        'Location51132',
        `$merge write error: 'on' field '${name}' cannot be missing, null or undefined if supporting index is sparse`,
      );
    }
    // A document that comes without _id is new: nothing is there that it could belong to.
    if (value === undefined && name === '_id') return literal({ $expr: false });
    fields.set(name, literal({ $eq: value ?? null }));
  }
  return BsonDocument.fromFields(fields);
}

/** What the modes of a $merge do: those that are not named replace fields, and insert what is not there. */
function mergeActions(argument: Value): readonly Action[] {
  const inserts = !valuesOf(argument, 'whenNotMatched').some((mode) => mode === 'discard' || mode === 'fail');
  const updates = !valuesOf(argument, 'whenMatched').some((mode) => mode === 'keepExisting' || mode === 'fail');
  return [...(inserts ? ['insert' as const] : []), ...(updates ? ['update' as const] : [])];
}
