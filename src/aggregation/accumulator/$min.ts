import { ExtremeState } from './extreme.ts';
import { unaryAccumulator } from './unary.ts';

/** Smallest value; null where there are only null and missing ones. */
export const $min = unaryAccumulator(({ collation }) => new ExtremeState(1, collation));
