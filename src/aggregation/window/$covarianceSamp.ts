import { covariance } from './covariance.ts';

/** Sample covariance of two numbers per document. */
export const $covarianceSamp = covariance(true);
