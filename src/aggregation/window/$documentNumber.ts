import { integer } from '../../bson/scalar.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow, requireNoArgument, requireSorted } from './place.ts';

/** Position in the partition, from 1 on. */
export const $documentNumber: WindowParser = (call) => {
  requireNoArgument(call);
  refuseWindow(call);
  requireSorted(call, 'Location5371602');
  return { compute: (partition) => partition.documents.map((_, index) => integer(index + 1)) };
};
