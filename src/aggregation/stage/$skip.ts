import type { DocumentSource } from '../source.ts';
import type { StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { mapBatches } from '../stream.ts';
import { requireCount } from '../whole-number.ts';

/** All but the first documents. */
export const $skip: StageDefinition = {
  ...anywhere,
  parse(argument) {
    const count = requireCount(argument, 'Location5107200', 'invalid argument to $skip stage');
    return { leading: { kind: 'skip', count }, open: (input) => skipped(input, count) };
  },
};

/** Everything behind the first `count` documents. */
export function skipped(input: DocumentSource, count: number): DocumentSource {
  let left = count;
  return mapBatches(input, (batch) => {
    if (left === 0) return batch;
    const dropped = Math.min(left, batch.length);
    left -= dropped;
    return batch.slice(dropped);
  });
}
