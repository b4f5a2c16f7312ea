import { integralPart } from './integral-part.ts';

export const $ceil = integralPart('$ceil', Math.ceil, 'ceiling');
