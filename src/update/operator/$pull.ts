import { parseValueFilter } from '../../query/filter.ts';
import { CullElements } from '../cull-elements.ts';
import { operator } from '../modifier.ts';

export const pull = operator('$pull', (argument, _path, { collation, watch }) => {
  const condition = parseValueFilter(argument.decode(), { collation, watch, place: 'update' });
  return new CullElements((element, scope) => condition.matches(element.decode(), scope));
});
