import { bitsOperator } from '../bits-test.ts';

export const $bitsAllSet = bitsOperator('$bitsAllSet');
