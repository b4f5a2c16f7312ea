import { ExtremeState } from './extreme.ts';
import { unaryAccumulator } from './unary.ts';

/** Largest value; null where there are only null and missing ones. */
export const $max = unaryAccumulator(({ collation }) => new ExtremeState(-1, collation));
