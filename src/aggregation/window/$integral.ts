import { double } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { WindowParser } from '../window.ts';
import { framesOf } from '../window-frame.ts';
import { type Point, parseOverTime } from './over-time.ts';

/** Area under the points of the window, by trapezoids. */
export const $integral: WindowParser = (call) => {
  const { bounds, sort } = call;
  if (bounds === undefined) throw new MongoError('FailedToParse', '$integral requires explicit window bounds');
  const pointsOf = parseOverTime(call);
  return {
    compute(partition) {
      const points = pointsOf(partition);
      return framesOf(bounds, sort, partition).map(({ from, to }) => area(points.slice(from, Math.max(from, to))));
    },
  };
};

function area(points: readonly (Point | undefined)[]): number | null | ReturnType<typeof double> {
  const known = points.filter((point) => point !== undefined);
  if (known.length === 0) return null;
  let sum = 0;
  for (const [index, point] of known.entries()) {
    const previous = known[index - 1];
    if (previous !== undefined) sum += ((point.y + previous.y) * (point.x - previous.x)) / 2;
  }
  return double(sum);
}
