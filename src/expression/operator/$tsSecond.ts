import { timestampPart } from './timestamp-part.ts';

export const $tsSecond = timestampPart('$tsSecond', 'Location5687301', (timestamp) => BigInt(timestamp.t));
