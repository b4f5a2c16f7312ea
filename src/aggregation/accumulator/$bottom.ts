import { topAccumulator } from './top.ts';

/** Output of the document that the order puts last. */
export const $bottom = topAccumulator(true, false);
