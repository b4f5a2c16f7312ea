import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { any, object, optional, required, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import { StageMemory } from '../memory.ts';
import { setPath } from '../set-path.ts';
import { parseSortPattern, type StageSort } from '../sort-specification.ts';
import type { DocumentSource } from '../source.ts';
import type { PipelineContext, Stage, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { blocking, eachDocument, stepsOf } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';
import { Partition, type WindowSort } from '../window.ts';
import { parseWindowOutput, type WindowOutput } from '../window-output.ts';

const parseFields = structure('$setWindowFields', {
  partitionBy: optional(any),
  sortBy: optional(object),
  output: required(object),
});

/** Adds fields whose values come from the documents around each one. */
export const $setWindowFields: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError(
        'FailedToParse',
        `the $setWindowFields stage specification must be an object, found ${typeName(argument)}`,
      );
    }
    const { output, partitionBy, sortBy } = parseFields(argument);
    return windowing(partitionBy, sortBy, [...output.entries()], context);
  },
};

/** The stage that gives each document these fields. */
export function windowing(
  partitionBy: Value | undefined,
  sortBy: BsonDocument | undefined,
  output: readonly (readonly [string, Value])[],
  context: PipelineContext,
): Stage {
  const partition = partitionBy === undefined ? undefined : parseExpression(partitionBy, context.expressions);
  const sort = sortBy === undefined ? undefined : parseSortPattern(sortBy, context);
  const windowSort = sort === undefined ? undefined : windowSortOf(sort, context);
  const outputs = output.map(([field, value]) => parseWindowOutput(field, value, windowSort, context));
  return { open: (input, scope) => windowed(input, scope, partition, sort, outputs, context) };
}

function windowSortOf({ sort }: StageSort, context: PipelineContext): WindowSort {
  const [only, ...others] = sort.fields;
  if (only === undefined || others.length > 0) return { only: undefined };
  const { isDescending, path } = only;
  return { only: { path, isDescending, value: parseExpression(`$${path}`, context.expressions) } };
}

interface Entry {
  readonly group: string;
  readonly key: string;
  readonly document: BsonDocument;
}

function windowed(
  input: DocumentSource,
  outer: Scope,
  partitionBy: Expression | undefined,
  sort: StageSort | undefined,
  outputs: readonly WindowOutput[],
  context: PipelineContext,
): DocumentSource {
  const entries: Entry[] = [];
  const memory = new StageMemory('$setWindowFields');
  const scope = outer.fork();
  const taken = eachDocument(input, scope, (document, execution) => {
    const group = partitionBy === undefined ? '' : groupOf(partitionBy, scope.on(document), context);
    entries.push({ group, key: sort?.sort.keyOf(document) ?? '', document });
    memory.add(documentSizeBytes(document), execution);
    return undefined;
  });
  return blocking(
    taken,
    () => undefined,
    () => {
      if (partitionBy !== undefined || sort !== undefined) entries.sort(compareEntries);
      return outputOf(entries, outputs, scope);
    },
  );
}

function groupOf(partitionBy: Expression, scope: Scope, context: PipelineContext): string {
  const value = partitionBy.evaluate(scope) ?? null;
  if (Array.isArray(value)) {
    throw new MongoError('TypeMismatch', 'An expression used to partition cannot evaluate to value of type array');
  }
  return encodeKeyPart(value, false, context.options.collation);
}

function compareEntries(left: Entry, right: Entry): number {
  if (left.group !== right.group) return left.group < right.group ? -1 : 1;
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}

function* outputOf(entries: readonly Entry[], outputs: readonly WindowOutput[], scope: Scope): Iterable<BsonDocument> {
  for (let from = 0; from < entries.length; ) {
    const { group } = entries[from] as Entry;
    let to = from + 1;
    while (entries[to]?.group === group) to++;
    const members = entries.slice(from, to);
    const partition = new Partition(
      members.map(({ document }) => document),
      members.map(({ key }) => key),
      scope,
    );
    const columns = outputs.map((output) => {
      scope.step(partition.size);
      return output.function.compute(partition);
    });
    for (const [index, { document }] of members.entries()) {
      let shown = document;
      for (const [column, { path }] of outputs.entries()) {
        scope.step(stepsOf(shown));
        shown = setPath(shown, path, columns[column]?.[index]);
      }
      yield shown;
    }
    from = to;
  }
}
