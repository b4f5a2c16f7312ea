import { integer } from '../../bson/scalar.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow, requireNoArgument, requireOnlySort } from './place.ts';

/** How many different places there are up to this one. */
export const $denseRank: WindowParser = (call) => {
  requireNoArgument(call);
  refuseWindow(call);
  requireOnlySort(call, 'Location5371602');
  return {
    compute({ keys }) {
      let rank = 0;
      return keys.map((key, index) => {
        if (index === 0 || key !== keys[index - 1]) rank++;
        return integer(rank);
      });
    },
  };
};
