import { $geoWithin } from './$geoWithin.ts';

/** The old name of `$geoWithin`. */
export const $within = $geoWithin;
