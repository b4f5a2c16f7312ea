import { orderOperator } from '../order-operator.ts';

export const $gte = orderOperator('$gte');
