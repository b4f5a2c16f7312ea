import { unary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $type = unary(describeType);
