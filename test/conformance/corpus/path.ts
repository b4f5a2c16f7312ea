/** Where in a reply an expectation looks. Two notations: arrays of elements (`at`), dotted strings (`checks`). */
import { isEqual } from './equality.ts';
import { type BsonDocument, type BsonValue, field } from './value.ts';

/** A key (taken whole), an index, or the first element whose fields equal these. */
export type PathElement = string | number | { readonly find: BsonDocument };

/** The value at the path, or undefined. */
export function resolvePath(value: BsonValue | undefined, path: readonly PathElement[]): BsonValue | undefined {
  return path.reduce(step, value);
}

/** The value at a dotted path: a number indexes an array, `""` is the value itself. */
export function resolveDottedPath(value: BsonValue, path: string): BsonValue | undefined {
  if (path === '') return value;
  return path.split('.').reduce<BsonValue | undefined>((at, part) => {
    return at?.type === 'array' && /^\d+$/.test(part) ? at.items[Number(part)] : field(at, part);
  }, value);
}

function step(value: BsonValue | undefined, element: PathElement): BsonValue | undefined {
  if (typeof element === 'string') return field(value, element);
  if (value?.type !== 'array') return undefined;
  if (typeof element === 'number') return value.items[element];
  return value.items.find((item) => hasFields(item, element.find));
}

function hasFields(value: BsonValue, wanted: BsonDocument): boolean {
  return wanted.entries.every(([key, expected]) => {
    const actual = field(value, key);
    return actual !== undefined && isEqual(expected, actual);
  });
}
