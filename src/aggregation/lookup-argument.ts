import { any, array, object, optional, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Namespace } from './collection.ts';
import { parseFieldPath } from './document-path.ts';
import { foreignNamespace, requirePipeline } from './foreign-namespace.ts';
import { parseJoinPath } from './local-values.ts';
import type { PipelineContext } from './stage.ts';

const parseFields = structure('$lookup', {
  as: optional(string),
  from: optional(any),
  foreignField: optional(string),
  let: optional(object),
  localField: optional(string),
  pipeline: optional(array),
});

const parseForeign = structure('$lookup.from', { db: optional(string), coll: optional(string) });

export interface LookupArgument {
  /** Absent where the pipeline brings its own documents. */
  readonly from: Namespace | undefined;
  readonly as: readonly string[];
  readonly equality: LookupEquality | undefined;
  readonly letVariables: BsonDocument | undefined;
  readonly stages: readonly Value[];
}

/** Which fields are equal. */
export interface LookupEquality {
  readonly localNames: readonly string[];
  readonly foreignPath: string;
}

/** Reads the argument of $lookup; throws what MongoDB throws for it. */
export function parseLookupArgument(argument: Value, context: PipelineContext): LookupArgument {
  if (!(argument instanceof BsonDocument)) {
    throw failed(`the $lookup stage specification must be an object, but found ${typeName(argument)}`);
  }
  checkFrom(argument);
  const pipeline = argument.get('pipeline');
  if (pipeline !== undefined) requirePipeline(pipeline, '$lookup');
  const fields = parseFields(argument);
  if (fields.as === undefined) throw failed("must specify 'as' field for a $lookup");
  const stages = fields.pipeline ?? [];
  const equality = parseEquality(fields.localField, fields.foreignField, pipeline !== undefined);
  if (fields.let !== undefined && pipeline === undefined) {
    throw failed("$lookup with a 'let' argument must also specify 'pipeline'");
  }
  return {
    from: fields.from === undefined ? undefined : foreignNamespace(context.options.database, fields.from as string),
    as: parseFieldPath(fields.as),
    equality,
    letVariables: fields.let,
    stages,
  };
}

function checkFrom(argument: BsonDocument): void {
  const from = argument.get('from');
  if (from instanceof BsonDocument) {
    parseForeign(from);
    throw failed('$lookup with a database in `from` is not supported for this namespace');
  }
  if (typeof from === 'string') return;
  if (from !== undefined) throw failed(`$lookup argument 'from' must be a string, found ${typeName(from)}`);
  const pipeline = argument.get('pipeline');
  const first = Array.isArray(pipeline) ? pipeline[0] : undefined;
  if (first instanceof BsonDocument && first.firstKey() === '$documents') return;
  throw failed("$lookup must specify 'from' field unless the first stage of its pipeline is $documents");
}

function parseEquality(
  localField: string | undefined,
  foreignField: string | undefined,
  hasPipeline: boolean,
): LookupEquality | undefined {
  const hasLocal = !isNullish(localField) && localField !== '';
  const hasForeign = !isNullish(foreignField) && foreignField !== '';
  if (hasLocal !== hasForeign) {
    throw failed("$lookup requires both or neither of 'localField' and 'foreignField' to be specified");
  }
  if (!hasLocal || !hasForeign) {
    if (hasPipeline) return undefined;
    throw failed("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
  }
  const localNames = parseJoinPath(localField);
  parseJoinPath(foreignField);
  return { localNames, foreignPath: foreignField };
}

function failed(message: string): MongoError {
  return new MongoError('FailedToParse', message);
}
