import { nearOperator } from '../geo/near.ts';

export const $near = nearOperator(false);
