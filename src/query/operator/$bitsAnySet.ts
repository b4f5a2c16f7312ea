import { bitsOperator } from '../bits-test.ts';

export const $bitsAnySet = bitsOperator('$bitsAnySet');
