import { MongoError } from '../../error/mongo-error.ts';
import type { DocumentSource } from '../source.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { mapBatches } from '../stream.ts';
import { requireCount } from '../whole-number.ts';

/** The first documents only. */
export const $limit: StageDefinition = {
  ...anywhere,
  parse(argument) {
    const count = requireCount(argument, 'Location5107201', 'invalid argument to $limit stage');
    if (count === 0) throw new MongoError('Location15958', 'the limit must be positive');
    return { leading: { kind: 'limit', count }, open: (input) => limited(input, count) };
  },
};

/** At most `count` documents; the input is not asked again once they are there. */
export function limited(input: DocumentSource, count: number): DocumentSource {
  let left = count;
  const source = mapBatches(input, (batch) => {
    const taken = batch.length <= left ? batch : batch.slice(0, left);
    left -= taken.length;
    return taken;
  });
  return { next: (execution) => (left > 0 ? source.next(execution) : undefined) };
}
