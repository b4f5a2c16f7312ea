import { printValue } from '../bson/print.ts';
import { any, object, optional, required, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Namespace } from './collection.ts';
import { parseFieldPath } from './document-path.ts';
import { foreignNamespace } from './foreign-namespace.ts';
import type { PipelineContext } from './stage.ts';

const parseFields = structure('$merge', {
  into: required(any),
  on: optional(any),
  let: optional(object),
  whenMatched: optional(any),
  whenNotMatched: optional(string),
});

const parseInto = structure('$merge.into', { coll: optional(string), db: optional(string) });

const matchedModes = ['merge', 'replace', 'keepExisting', 'fail'] as const;
const unmatchedModes = ['insert', 'discard', 'fail'] as const;

export type MatchedMode = (typeof matchedModes)[number];
export type UnmatchedMode = (typeof unmatchedModes)[number];

export interface MergeArgument {
  readonly into: Namespace;
  /** Paths of the fields that tell which documents belong together. */
  readonly on: readonly string[];
  readonly letVariables: BsonDocument | undefined;
  /** A mode, or the stages of an update. */
  readonly whenMatched: MatchedMode | readonly Value[];
  readonly whenNotMatched: UnmatchedMode;
}

/** Reads the argument of $merge; throws what MongoDB throws for it. */
export function parseMergeArgument(argument: Value, context: PipelineContext): MergeArgument {
  if (typeof argument === 'string') return parseMergeArgument(intoAlone(argument), context);
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('TypeMismatch', `$merge only supports a string or object argument, not ${typeName(argument)}`);
  }
  checkTypes(argument);
  const fields = parseFields(argument);
  const whenMatched = requireMatched(fields.whenMatched);
  const whenNotMatched = requireMode(fields.whenNotMatched ?? 'insert', unmatchedModes, 'whenNotMatched');
  const allowsOnlyInsert = whenMatched === 'keepExisting' || whenMatched === 'fail';
  if (allowsOnlyInsert && whenNotMatched !== 'insert') {
    throw new MongoError(
      'Location51181',
      `Combination of $merge modes 'whenMatched: ${whenMatched}' and 'whenNotMatched: ${whenNotMatched}' is not supported`,
    );
  }
  if (fields.let !== undefined && typeof whenMatched === 'string') {
    throw new MongoError('Location51199', `Cannot use 'let' variables with 'whenMatched: ${whenMatched}' mode`);
  }
  return {
    into: requireInto(fields.into, context),
    on: fields.on === undefined ? ['_id'] : requireOn(fields.on),
    letVariables: fields.let,
    whenMatched,
    whenNotMatched,
  };
}

function intoAlone(collection: string): BsonDocument {
  return BsonDocument.fromFields(new Map([['into', collection]]));
}

/** null is no default for these fields. */
function checkTypes(argument: BsonDocument): void {
  const into = argument.get('into');
  if (into !== undefined && typeof into !== 'string' && !(into instanceof BsonDocument)) {
    throw new MongoError(
      'Location51178',
      `$merge 'into' field must be either a string or an object, but found ${typeName(into)}`,
    );
  }
  const on = argument.get('on');
  if (on !== undefined && typeof on !== 'string' && !Array.isArray(on)) {
    throw new MongoError(
      'Location51186',
      `$merge 'on' field must be either a string or an array of strings, but found ${typeName(on)}`,
    );
  }
  const whenMatched = argument.get('whenMatched');
  if (whenMatched !== undefined && typeof whenMatched !== 'string' && !Array.isArray(whenMatched)) {
    throw new MongoError(
      'Location51191',
      `$merge 'whenMatched' field must be either a string or an array, but found ${typeName(whenMatched)}`,
    );
  }
}

function requireInto(into: Value, context: PipelineContext): Namespace {
  if (typeof into === 'string') return foreignNamespace(context.options.database, into);
  const { coll, db } = parseInto(into as BsonDocument);
  if (isNullish(coll) || coll === '') {
    throw new MongoError(
      'Location5786801',
      `$merge 'into' field must specify a 'coll' that is not empty, null or undefined`,
    );
  }
  return foreignNamespace(isNullish(db) || db === '' ? context.options.database : db, coll);
}

function requireOn(on: Value): readonly string[] {
  const paths: readonly Value[] = Array.isArray(on) ? on : [on];
  if (paths.length === 0) {
    throw new MongoError('Location51187', "If explicitly specifying $merge 'on', must include at least one field");
  }
  const seen = new Set<string>();
  for (const path of paths) {
    if (typeof path !== 'string') {
      throw new MongoError('Location51134', `$merge 'on' array elements must be strings, but found ${typeName(path)}`);
    }
    parseFieldPath(path);
    if (seen.has(path)) throw new MongoError('Location31465', `Found a duplicate field '${path}' in $merge 'on'`);
    seen.add(path);
  }
  return [...seen];
}

function requireMatched(value: Value | undefined): MatchedMode | readonly Value[] {
  if (value === undefined) return 'merge';
  if (typeof value === 'string') return requireMode(value, matchedModes, 'whenMatched');
  for (const stage of value as readonly Value[]) {
    if (stage instanceof BsonDocument) continue;
    throw new MongoError(
      'TypeMismatch',
      `Each element of the 'whenMatched' array must be an object, not ${printValue(stage)}`,
    );
  }
  return value as readonly Value[];
}

function requireMode<const Mode extends string>(value: string, modes: readonly Mode[], field: string): Mode {
  const mode = modes.find((known) => known === value);
  if (mode !== undefined) return mode;
  throw new MongoError('BadValue', `Enumeration value '${value}' for field '$merge.${field}' is not a valid value.`);
}
