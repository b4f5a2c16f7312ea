import { array, optional, string, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Namespace } from '../collection.ts';
import { foreignNamespace } from '../foreign-namespace.ts';
import type { DocumentSource } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { foreignPipelines } from '../stage-privilege.ts';

const parseArgument = structure('$unionWith', { coll: optional(string), pipeline: optional(array) });

/** The documents of another collection, or of a pipeline on it, behind those that come. */
export const $unionWith: StageDefinition = {
  ...anywhere,
  inTransaction: false,
  requires: (argument, place) =>
    typeof argument === 'string'
      ? [{ kind: 'pipeline', database: place.database, collection: argument, stages: undefined }]
      : foreignPipelines(argument, 'coll', place),
  parse(argument, context) {
    const { namespace, stages } = readArgument(argument, context);
    const pipeline = context.parseInner(stages, { place: 'unionWith', namespace });
    return {
      open(input, scope): DocumentSource {
        let isFirstDone = false;
        let other: DocumentSource | undefined;
        return {
          async next(execution) {
            if (!isFirstDone) {
              const batch = await input.next(execution);
              if (batch !== undefined) return batch;
              isFirstDone = true;
            }
            other ??= await context.openInner(pipeline, namespace, scope.fork(), execution);
            return other.next(execution);
          },
        };
      },
    };
  },
};

function readArgument(argument: Value, context: PipelineContext) {
  if (typeof argument === 'string') {
    return { namespace: foreignNamespace(context.options.database, argument), stages: [] };
  }
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'FailedToParse',
      `the $unionWith stage specification must be an object or string, but found ${typeName(argument)}`,
    );
  }
  const { coll, pipeline = [] } = parseArgument(argument);
  const namespace: Namespace | undefined =
    coll === undefined ? undefined : foreignNamespace(context.options.database, coll);
  if (namespace === undefined && !startsWithDocuments(pipeline)) {
    throw new MongoError(
      'FailedToParse',
      '$unionWith stage without explicit collection must have a pipeline with $documents as first stage',
    );
  }
  return { namespace, stages: pipeline };
}

/** Whether a pipeline brings its own documents. */
export function startsWithDocuments(stages: readonly Value[]): boolean {
  const first = stages[0];
  return first instanceof BsonDocument && first.firstKey() === '$documents';
}
