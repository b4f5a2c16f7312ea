import { document as literal } from '../../bson/literal.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Namespace } from '../collection.ts';
import { parseFieldPath } from '../document-path.ts';
import { foreignNamespace } from '../foreign-namespace.ts';
import { anyOfFilter, findLeaves, parseJoinPath } from '../local-values.ts';
import { StageMemory } from '../memory.ts';
import { setPath } from '../set-path.ts';
import type { Execution } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { foreignPipelines } from '../stage-privilege.ts';
import { generated, readAll } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';
import { findWholeNumber } from '../whole-number.ts';

interface Search {
  readonly from: Namespace;
  readonly as: readonly string[];
  readonly startWith: Expression;
  readonly connectFrom: readonly string[];
  readonly connectTo: string;
  readonly depthPath: readonly string[] | undefined;
  readonly maxDepth: number;
  readonly restriction: BsonDocument | undefined;
}

/** For each document those of a collection that can be reached by following a field, level by level. */
export const $graphLookup: StageDefinition = {
  ...anywhere,
  requires: (argument, place) => foreignPipelines(argument, 'from', place),
  parse(argument, context) {
    const search = parseSearch(argument, context);
    return {
      open: (input, scope) =>
        generated(async function* (current) {
          const own = scope.fork();
          for (let batch = await input.next(current()); batch !== undefined; batch = await input.next(current())) {
            const joined: BsonDocument[] = [];
            for (const document of batch) {
              const start = search.startWith.evaluate(own.on(document)) ?? null;
              const reached = await reach(search, start, context, scope, current());
              joined.push(setPath(document, search.as, reached));
            }
            yield joined;
          }
        }),
    };
  },
};

async function reach(
  search: Search,
  start: Value,
  context: PipelineContext,
  scope: Scope,
  execution: Execution,
): Promise<BsonDocument[]> {
  const reached = new Map<string, BsonDocument>();
  const asked = new Set<string>();
  const memory = new StageMemory('$graphLookup');
  const keyOf = (value: Value): string => encodeKeyPart(value, false, context.options.collation);
  let frontier = fresh(Array.isArray(start) ? start : [start], asked, keyOf);
  for (let depth = 0; frontier.length > 0 && depth <= search.maxDepth; depth++) {
    const next: Value[] = [];
    for (const document of await query(search, frontier, context, scope, execution)) {
      const key = encodeKeyPart(document.get('_id') ?? null);
      if (reached.has(key)) continue;
      const shown = search.depthPath === undefined ? document : setPath(document, search.depthPath, BigInt(depth));
      reached.set(key, shown);
      memory.add(documentSizeBytes(shown), execution);
      for (const value of findLeaves(document, search.connectFrom) ?? []) next.push(value);
    }
    execution.checkInterrupt();
    frontier = fresh(next, asked, keyOf);
  }
  return [...reached.values()];
}

function fresh(values: readonly Value[], asked: Set<string>, keyOf: (value: Value) => string): Value[] {
  const unasked: Value[] = [];
  for (const value of values) {
    const key = keyOf(value);
    if (asked.has(key)) continue;
    asked.add(key);
    unasked.push(value);
  }
  return unasked;
}

async function query(
  { connectTo, from, restriction }: Search,
  values: readonly Value[],
  context: PipelineContext,
  scope: Scope,
  execution: Execution,
): Promise<BsonDocument[]> {
  const connected = anyOfFilter(connectTo, values);
  const filter = restriction === undefined ? connected : literal({ $and: [connected, restriction] });
  const pipeline = context.parseInner([literal({ $match: filter })], { place: 'lookup', namespace: from });
  return readAll(await context.openInner(pipeline, from, scope.fork(), execution), execution);
}

const stringOptions: ReadonlySet<string> = new Set(['from', 'as', 'connectFromField', 'connectToField', 'depthField']);

function parseSearch(argument: Value, context: PipelineContext): Search {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location40327',
      `the $graphLookup stage specification must be an object, but found ${typeName(argument)}`,
    );
  }
  const strings = new Map<string, string>();
  let startWith: Expression | undefined;
  let maxDepth = Number.POSITIVE_INFINITY;
  let restriction: BsonDocument | undefined;
  for (const [name, value] of argument.entries()) {
    if (name === 'startWith') startWith = parseExpression(value, context.expressions);
    else if (name === 'maxDepth') maxDepth = requireDepth(value);
    else if (name === 'restrictSearchWithMatch') restriction = requireRestriction(value);
    else if (!stringOptions.has(name)) {
      throw new MongoError('Location40104', `unknown argument to $graphLookup: ${name}`);
    } else if (typeof value !== 'string') {
      throw new MongoError('Location40103', `expected string as argument for ${name}, found: ${printValue(value)}`);
    } else strings.set(name, value);
  }
  const from = strings.get('from');
  const as = strings.get('as');
  const connectFrom = strings.get('connectFromField');
  const connectTo = strings.get('connectToField');
  const depthField = strings.get('depthField');
  if (!from || !as || !connectFrom || !connectTo || startWith === undefined) {
    throw new MongoError(
      'Location40105',
      "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be specified.",
    );
  }
  parseJoinPath(connectTo);
  const namespace = foreignNamespace(context.options.database, from);
  context.parseInner(restriction === undefined ? [] : [literal({ $match: restriction })], {
    place: 'lookup',
    namespace,
  });
  return {
    from: namespace,
    as: parseFieldPath(as),
    startWith,
    connectFrom: parseJoinPath(connectFrom),
    connectTo,
    depthPath: depthField === undefined ? undefined : parseFieldPath(depthField),
    maxDepth,
    restriction,
  };
}

function requireDepth(value: Value): number {
  if (!isNumeric(value)) {
    throw new MongoError('Location40100', `maxDepth must be numeric, found type: ${typeName(value)}`);
  }
  const whole = findWholeNumber(value);
  if (whole === undefined) {
    throw new MongoError('Location40102', `maxDepth could not be represented as a long long: ${printValue(value)}`);
  }
  if (whole < 0n) throw new MongoError('Location40101', `maxDepth requires a nonnegative argument, found: ${whole}`);
  return Number(whole);
}

function requireRestriction(value: Value): BsonDocument {
  if (!(value instanceof BsonDocument)) {
    throw new MongoError('Location40185', `restrictSearchWithMatch must be an object, found ${typeName(value)}`);
  }
  return value;
}
