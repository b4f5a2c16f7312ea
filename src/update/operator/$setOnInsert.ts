import { operator } from '../modifier.ts';
import { SetValue } from './$set.ts';

export const setOnInsert = operator('$setOnInsert', (value) => new SetValue(value, true));
