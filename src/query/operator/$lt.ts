import { orderOperator } from '../order-operator.ts';

export const $lt = orderOperator('$lt');
