import { integralPart } from './integral-part.ts';

export const $floor = integralPart('$floor', Math.floor, 'floor');
