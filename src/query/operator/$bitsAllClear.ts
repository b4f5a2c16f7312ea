import { bitsOperator } from '../bits-test.ts';

export const $bitsAllClear = bitsOperator('$bitsAllClear');
