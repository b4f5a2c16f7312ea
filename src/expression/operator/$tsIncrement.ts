import { timestampPart } from './timestamp-part.ts';

export const $tsIncrement = timestampPart('$tsIncrement', 'Location5687302', (timestamp) => BigInt(timestamp.i));
