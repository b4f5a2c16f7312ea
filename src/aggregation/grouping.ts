/** Documents into groups: what $group, $bucket and $bucketAuto share. */
import { encodeKeyPart, type StringKey } from '../bson/ordered-key.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { Expression, Scope } from '../expression/expression.ts';
import type { Accumulator, AccumulatorState } from './accumulator.ts';
import { StageMemory } from './memory.ts';
import type { DocumentSource } from './source.ts';
import { blocking, eachDocument } from './stream.ts';
import { valueSizeBytes } from './value-size.ts';

export type AccumulatedFields = readonly (readonly [string, Accumulator])[];

/** What it counts to take in one element of an array, or to start a state. */
const stepsToAdd = 4;

/** The accumulators' states of one group, and its document in the end. */
export class Group {
  readonly id: Value;
  readonly #fields: AccumulatedFields;
  readonly #states: readonly AccumulatorState[];

  /** `scope` is moved to the group's `_id` while the states start. */
  constructor(id: Value, fields: AccumulatedFields, scope: Scope) {
    this.id = id;
    this.#fields = fields;
    scope.on(id instanceof BsonDocument ? id : BsonDocument.empty);
    this.#states = fields.map(([, accumulator]) => accumulator.start(scope));
  }

  /** Adds the document of the scope; answers by how many bytes the states grew. */
  add(scope: Scope): number {
    let grown = 0;
    for (const [index, [, accumulator]] of this.#fields.entries()) {
      const state = this.#states[index] as AccumulatorState;
      const before = state.sizeBytes;
      scope.step();
      const value = accumulator.read(scope);
      if (Array.isArray(value)) scope.step(value.length * stepsToAdd);
      state.add(value);
      if (before !== undefined) grown += (state.sizeBytes as number) - before;
    }
    return grown;
  }

  /** `{_id, field: result, …}`, missing results as null. */
  document(id: Value = this.id): BsonDocument {
    const fields = new Map<string, Value>([['_id', id]]);
    for (const [index, [name]] of this.#fields.entries()) {
      fields.set(name, (this.#states[index] as AccumulatorState).result() ?? null);
    }
    return BsonDocument.fromFields(fields);
  }
}

/** With a few states that say nothing of their own. */
const groupSizeBytes = 200;
const fewStates = 4;
/** Of each further state. */
const stateSizeBytes = 48;

/** Groups documents by the value of an expression, missing as null. Groups come out as they were first met. */
export function grouped(
  input: DocumentSource,
  outer: Scope,
  id: Expression,
  fields: AccumulatedFields,
  strings: StringKey | undefined,
): DocumentSource {
  const groups = new Map<string, Group>();
  const memory = new StageMemory('$group');
  const statesSizeBytes = Math.max(0, fields.length - fewStates) * stateSizeBytes;
  const scope = outer.fork();
  const idScope = outer.fork();
  const collect = (document: BsonDocument): number => {
    scope.on(document);
    return groupErrors(() => collectScope());
  };
  const collectScope = (): number => {
    const value = id.evaluate(scope) ?? null;
    const key = encodeKeyPart(value, false, strings);
    const group = groups.get(key);
    if (group !== undefined) return group.add(scope);
    scope.step(fields.length * stepsToAdd);
    const made = new Group(value, fields, idScope);
    groups.set(key, made);
    return groupSizeBytes + statesSizeBytes + key.length + valueSizeBytes(value) + made.add(scope);
  };
  const grouped = eachDocument(input, scope, (document, execution) => {
    const grown = collect(document);
    if (grown !== 0) memory.add(grown, execution);
    return undefined;
  });
  return blocking(
    grouped,
    () => undefined,
    () => documentsOf(groups.values()),
  );
}

/** MongoDB calculates a $group by other means than its other stages, which shows in the codes of some errors. */
const groupErrorCodes: Readonly<Record<string, `Location${number}`>> = {
  "can't $divide by zero": 'Location4848401',
  "can't $mod by zero": 'Location4848403',
};

function groupErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = isMongoError(error) ? groupErrorCodes[error.message] : undefined;
    throw code === undefined ? error : new MongoError(code, (error as MongoError).message, { cause: error });
  }
}

function* documentsOf(groups: Iterable<Group>): Iterable<BsonDocument> {
  for (const group of groups) yield group.document();
}
