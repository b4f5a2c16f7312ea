import { BsonDocument, type Value } from '../bson/value.ts';
import { BsonWriter } from '../bson/write.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import { type Filter, parseFilter } from '../query/filter.ts';
import type { EncodedValue } from './encoded-value.ts';
import type { UpdateContext } from './update-plan.ts';

/** The array filters of one statement, by identifier. */
export type ArrayFilters = ReadonlyMap<string, ArrayFilter>;

const scratch = new BsonWriter(1024);
/** What it counts to make a document of an element. */
const stepsToWrap = 4;
const validIdentifier = /^[a-z][a-zA-Z0-9]*$/;

/** What `$[identifier]` selects: a filter over documents of one field, which is the element. */
export class ArrayFilter {
  readonly identifier: string;
  readonly #filter: Filter;

  constructor(identifier: string, filter: Filter) {
    this.identifier = identifier;
    this.#filter = filter;
  }

  matches(element: EncodedValue, scope: Scope | undefined): boolean {
    scope?.step(stepsToWrap);
    scratch.reset();
    const start = scratch.open();
    element.writeTo(scratch, this.identifier);
    scratch.close(start);
    try {
      return this.#filter.matches(scratch.view(), scope);
    } finally {
      scratch.reset();
    }
  }
}

/** Reads a statement's array filters. Throws FailedToParse for a filter without one top-level name, and for two of the same. */
export function parseArrayFilters({ arrayFilters, collation, watch }: UpdateContext): ArrayFilters {
  const parsed = new Map<string, ArrayFilter>();
  for (const specification of arrayFilters ?? []) {
    const filter = parseFilter(specification, { collation, watch, place: 'arrayFilter' });
    const identifier = requireIdentifier(specification);
    if (parsed.has(identifier)) {
      const problem = `Found multiple array filters with the same top-level field name ${identifier}`;
      throw new MongoError('FailedToParse', problem);
    }
    parsed.set(identifier, new ArrayFilter(identifier, filter));
  }
  return parsed;
}

function requireIdentifier(specification: BsonDocument): string {
  const names = new Set(topLevelNames(specification));
  const [identifier, second] = names;
  if (identifier === undefined) {
    throw new MongoError('FailedToParse', 'Cannot use an expression without a top-level field name in arrayFilters');
  }
  if (second !== undefined) {
    const problem = `Expected a single top-level field name, found '${identifier}' and '${second}'`;
    throw new MongoError('FailedToParse', `Error parsing array filter :: caused by :: ${problem}`);
  }
  if (!validIdentifier.test(identifier)) {
    const rule = 'The top-level field name must be an alphanumeric string beginning with a lowercase letter';
    throw new MongoError('BadValue', `Error parsing array filter :: caused by :: ${rule}, found '${identifier}'`);
  }
  return identifier;
}

/** First parts of the paths of a filter, inside of $and, $or and $nor too. */
function* topLevelNames(specification: BsonDocument): Generator<string> {
  for (const [name, value] of specification) {
    if (!name.startsWith('$')) yield name.split('.', 1)[0] as string;
    else if (Array.isArray(value)) {
      for (const branch of value as readonly Value[]) if (branch instanceof BsonDocument) yield* topLevelNames(branch);
    }
  }
}
