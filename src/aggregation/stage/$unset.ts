import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhereAndInUpdate } from '../stage-policy.ts';
import { projecting } from './$project.ts';

/** Takes fields away: $project with only exclusions. */
export const $unset: StageDefinition = {
  ...anywhereAndInUpdate,
  parse(argument, context) {
    const specification = BsonDocument.fromFields(new Map(requirePaths(argument).map((path) => [path, false])));
    return projecting(specification, context);
  },
};

function requirePaths(argument: Value): readonly string[] {
  if (typeof argument !== 'string' && !Array.isArray(argument)) {
    throw new MongoError('Location31002', '$unset specification must be a string or an array');
  }
  const paths: readonly Value[] = typeof argument === 'string' ? [argument] : (argument as readonly Value[]);
  if (paths.length === 0) {
    throw new MongoError('Location31119', '$unset specification must be a string or an array with at least one field');
  }
  for (const path of paths) {
    if (typeof path !== 'string') {
      throw new MongoError(
        'Location31120',
        '$unset specification must be a string or an array containing only string values',
      );
    }
  }
  for (const path of paths) {
    if ((path as string).includes('\0')) {
      throw new MongoError('Location9527900', '$unset field names may not contain null bytes');
    }
  }
  return paths as readonly string[];
}
