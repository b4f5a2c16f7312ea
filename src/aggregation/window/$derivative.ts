import { double } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { WindowParser } from '../window.ts';
import { framesOf } from '../window-frame.ts';
import { parseOverTime } from './over-time.ts';

/** Slope of the line through the first and the last point of the window. */
export const $derivative: WindowParser = (call) => {
  const { bounds, sort } = call;
  if (bounds === undefined) throw new MongoError('FailedToParse', '$derivative requires explicit window bounds');
  const pointsOf = parseOverTime(call);
  return {
    compute(partition) {
      const points = pointsOf(partition);
      return framesOf(bounds, sort, partition).map(({ from, to }) => {
        const first = points[from];
        const last = points[to - 1];
        if (to - from < 2 || first === undefined || last === undefined || first.x === last.x) return null;
        return double((last.y - first.y) / (last.x - first.x));
      });
    },
  };
};
