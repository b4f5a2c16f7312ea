import { hashValue } from '../../bson/hash-value.ts';
import { unary } from '../operator.ts';

export const $toHashedIndexKey = unary((value) => hashValue(value ?? null));
