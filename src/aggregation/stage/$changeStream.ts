import { MongoError } from '../../error/mongo-error.ts';
import { checkChangeStreamPlace, parseChangeStream } from '../change-stream-argument.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

/** The changes of a collection as they happen. Its argument is checked; opening it is refused: nothing keeps the changes yet. */
export const $changeStream: StageDefinition = {
  ...atStart,
  namespace: 'any',
  inLookup: false,
  inUnionWith: false,
  inTransaction: false,
  inView: false,
  inStableApi: true,
  parse(argument, context) {
    const changeStream = parseChangeStream(argument, context.options);
    if (context.place === 'command') checkChangeStreamPlace(changeStream, context.options);
    const { namespace } = context;
    return rowsOf(async ({ reader }) => {
      if (namespace !== undefined && (await reader.describe(namespace)).kind === 'view') {
        throw new MongoError(
          'CommandNotSupportedOnView',
          `Namespace ${namespace.database}.${namespace.collection} is a view, not a collection`,
        );
      }
      throw new MongoError('CommandNotSupported', 'The $changeStream stage is not supported yet');
    });
  },
};
