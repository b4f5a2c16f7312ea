import { topAccumulator } from './top.ts';

/** Output of the document that the order puts first. */
export const $top = topAccumulator(false, false);
