import { any, object, optional, required, string, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Namespace } from '../collection.ts';
import { foreignNamespace } from '../foreign-namespace.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { atEnd } from '../stage-policy.ts';
import { namespacesIn, writeRights } from '../stage-privilege.ts';
import { generated } from '../stream.ts';
import { parseTimeseries } from '../timeseries-options.ts';

const parseTarget = structure('$out', { db: required(string), coll: required(string), timeseries: optional(any) });

/** Puts the documents into a collection in place of what was there; gives none. */
export const $out: StageDefinition = {
  ...atEnd,
  requires: (argument, place) => writeRights(namespacesIn(argument, place.database), ['insert', 'remove'], place),
  parse(argument, context) {
    const { namespace, timeseries } = readTarget(argument, context);
    return {
      open: (input) =>
        generated(async function* (current) {
          const replacement = await current().writer.replaceCollection(namespace, timeseries);
          try {
            for (let batch = await input.next(current()); batch !== undefined; batch = await input.next(current())) {
              if (batch.length > 0) await replacement.insert(batch);
              current().checkInterrupt();
              const pause = current().pause();
              if (pause !== undefined) await pause;
            }
            await replacement.finish();
          } catch (error) {
            await replacement.abandon();
            throw error;
          }
          yield [];
        }),
    };
  },
};

function readTarget(
  argument: Value,
  context: PipelineContext,
): { namespace: Namespace; timeseries: BsonDocument | undefined } {
  if (typeof argument === 'string') {
    return { namespace: foreignNamespace(context.options.database, argument), timeseries: undefined };
  }
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location16990',
      `$out only supports a string or object argument, but found ${typeName(argument)}`,
    );
  }
  const { coll, db, timeseries } = parseTarget(argument);
  return {
    namespace: foreignNamespace(db, coll),
    timeseries: timeseries === undefined ? undefined : parseTimeseries(object(timeseries, '$out.timeseries')),
  };
}
