import { covariance } from './covariance.ts';

/** Population covariance of two numbers per document. */
export const $covariancePop = covariance(false);
