import { bitsOperator } from '../bits-test.ts';

export const $bitsAnyClear = bitsOperator('$bitsAnyClear');
