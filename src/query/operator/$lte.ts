import { orderOperator } from '../order-operator.ts';

export const $lte = orderOperator('$lte');
