import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { parseProjection } from '../../query/projection.ts';
import type { PipelineContext, Stage, StageDefinition } from '../stage.ts';
import { anywhereAndInUpdate } from '../stage-policy.ts';
import { mapDocuments } from '../stream.ts';

/** Keeps, takes away and computes fields. */
export const $project: StageDefinition = {
  ...anywhereAndInUpdate,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location15969', '$project specification must be an object');
    }
    if (argument.isEmpty())
      throw new MongoError('Location51272', 'projection specification must have at least one field');
    return projecting(argument, context);
  },
};

/** The stage that applies a projection. */
export function projecting(specification: BsonDocument, context: PipelineContext): Stage {
  const projection = parseProjection(specification, {
    place: 'aggregate',
    collation: context.options.collation,
    expressions: context.expressions,
  });
  return {
    open: (input, scope) => {
      const own = scope.fork();
      return mapDocuments(input, own, (document) => projection.apply(document, own));
    },
  };
}
