/** Keys of a wildcard index: every leaf of a document with its path in front, so that one index answers any path. */
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { bsonUndefined } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import type { IndexDescriptor } from './index-descriptor.ts';
import type { IndexKeys } from './index-key.ts';

/** The keys of a document below the index's path, without the paths that its projection leaves out. */
export function wildcardKeys(index: IndexDescriptor, document: BsonDocument): IndexKeys {
  const field = index.fields.find(({ kind }) => kind === 'wildcard');
  const keys = new Set<string>();
  const multikeyPaths = new Set<string>();
  const isKept = pathFilter(index.wildcardProjection, field?.path ?? '');
  const walk = (value: Value, path: string, isElement: boolean): void => {
    if (value instanceof BsonDocument && !value.isEmpty()) {
      for (const [name, inner] of value.entries()) walk(inner, path === '' ? name : `${path}.${name}`, false);
      return;
    }
    if (!isKept(path)) return;
    if (Array.isArray(value) && !isElement) {
      multikeyPaths.add(path);
      if (value.length === 0) keys.add(encodeKeyPart(path) + encodeKeyPart(bsonUndefined));
      for (const element of value) walk(element, path, true);
      return;
    }
    keys.add(encodeKeyPart(path) + encodeKeyPart(value, field?.isDescending ?? false, index.collation));
  };
  walk(document, '', false);
  return { keys: [...keys], isMultikey: multikeyPaths.size > 0, multikeyPaths: [...multikeyPaths] };
}

/** Which paths an index covers: those below its own path, or those that its projection includes or does not exclude. */
function pathFilter(projection: BsonDocument | undefined, below: string): (path: string) => boolean {
  const covers = (parent: string, path: string): boolean => path === parent || path.startsWith(`${parent}.`);
  if (below !== '') return (path) => covers(below, path);
  if (projection === undefined) return (path) => !covers('_id', path);
  const fields = [...projection.entries()].filter(([name]) => name !== '_id');
  const includesId = projection.get('_id') === 1 || projection.get('_id') === true;
  const isInclusion = fields.some(([, value]) => value === 1 || value === true) || fields.length === 0;
  return (path) => {
    if (covers('_id', path)) return includesId;
    const isNamed = fields.some(([name]) => covers(name, path));
    return isInclusion ? isNamed : !isNamed;
  };
}
