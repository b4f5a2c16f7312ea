import { integer } from '../../bson/scalar.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow, requireNoArgument, requireOnlySort } from './place.ts';

/** Position of the first of its ties, from 1 on. */
export const $rank: WindowParser = (call) => {
  requireNoArgument(call);
  refuseWindow(call);
  requireOnlySort(call, 'Location5371602');
  return {
    compute({ keys }) {
      let rank = 0;
      return keys.map((key, index) => {
        if (index === 0 || key !== keys[index - 1]) rank = index + 1;
        return integer(rank);
      });
    },
  };
};
