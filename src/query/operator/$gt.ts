import { orderOperator } from '../order-operator.ts';

export const $gt = orderOperator('$gt');
