import { valuesEqual } from '../../bson/compare.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import type { Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { CullElements } from '../cull-elements.ts';
import { operator } from '../modifier.ts';

/** Up to this many values, comparing with each costs less than building keys. */
const comparedValues = 8;

export const pullAll = operator('$pullAll', (argument, _path, { collation }) => {
  if (!argument.isArray) {
    const problem = `but was given a ${typeName(argument.decode())}`;
    throw new MongoError('BadValue', `$pullAll requires an array argument ${problem}`);
  }
  const values = argument.decode() as readonly Value[];
  if (values.length <= comparedValues) {
    return new CullElements((element) => {
      const candidate = element.decode();
      return values.some((value) => valuesEqual(candidate, value, collation));
    });
  }
  const keys = new Set(values.map((value) => encodeKeyPart(value, false, collation)));
  return new CullElements((element) => keys.has(encodeKeyPart(element.decode(), false, collation)));
});
