import { parseValueFilter } from '../../query/filter.ts';
import { CullElements } from '../cull-elements.ts';
import { operator } from '../modifier.ts';

export const pull = operator('$pull', (argument, _path, { collation }) => {
  const condition = parseValueFilter(argument.decode(), { collation, place: 'update' });
  return new CullElements((element) => condition.matches(element.decode()));
});
