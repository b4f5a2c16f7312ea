import type { BsonDocument } from '../../bson/value.ts';
import type { MaybePromise } from '../../storage/engine.ts';
import { arraySource, type DocumentSource, type Execution } from '../source.ts';
import type { Stage } from '../stage.ts';

/** A stage whose documents are rows that the server makes when they are first asked for. */
export function rowsOf(read: (execution: Execution) => MaybePromise<readonly BsonDocument[]>): Stage {
  return {
    isSelfSourced: true,
    open() {
      let rows: DocumentSource | undefined;
      return {
        async next(execution) {
          rows ??= arraySource(await read(execution));
          return rows.next(execution);
        },
      };
    },
  };
}
