import { nearOperator } from '../geo/near.ts';

export const $nearSphere = nearOperator(true);
