import { operator } from '../modifier.ts';
import { KeepExtreme } from './$min.ts';

export const max = operator('$max', (value, _path, { collation }) => new KeepExtreme(value, 1, collation));
