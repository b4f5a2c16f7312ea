import { cosine } from '../../bson/decimal-function.ts';
import { finiteNumbers, trigonometric } from './trigonometry.ts';

export const $cos = trigonometric('$cos', Math.cos, cosine, finiteNumbers);
