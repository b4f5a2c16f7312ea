/**
 * What a wildcard index sees of a document: every path that leads to a value, with the value. A tuple of the index is
 * (path, value) in place of its `$**` field, so that the keys of one path lie together. Beside it, a compound wildcard
 * index has the values of its other fields.
 */

import { toDouble } from '../bson/number.ts';
import { bsonUndefined, minKey } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { IndexDescriptor } from './index-descriptor.ts';
import { KeyPaths, type KeyTuples } from './key-tuples.ts';

interface Collected {
  readonly pairs: (readonly [path: string, value: Value])[];
  readonly arrayPaths: Set<string>;
}

/** The tuples of a document in a wildcard index: one element more than the index has fields. */
export function wildcardTuples(index: IndexDescriptor, bytes: Buffer): KeyTuples {
  const at = index.fields.findIndex((field) => field.kind === 'wildcard');
  const others = index.fields.filter((field) => field.kind !== 'wildcard').map((field) => field.path);
  const { tuples: rest, arrayPaths } = new KeyPaths(others).tuplesOf(bytes);
  if (arrayPaths.size > 0) {
    throw new MongoError(
      'Location7246301',
      'Multikey is not supported on the regular fields of a compound wildcard index: they cannot hold arrays',
    );
  }
  const found: Collected = { pairs: [], arrayPaths: new Set() };
  collect(BsonDocument.fromBytes(bytes), '', inclusionOf(index), found);
  // Beside other fields, a document without any path has a key all the same: it may be asked for by those.
  const pairs = found.pairs.length > 0 || others.length === 0 ? found.pairs : [[minKey, minKey] as const];
  const tuples = pairs.flatMap(([path, value]) =>
    rest.map((tuple) => [...tuple.slice(0, at), path, value, ...tuple.slice(at)]),
  );
  return { tuples, arrayPaths: found.arrayPaths };
}

/** Whether a path is in the index, is on the way to one that is, or neither. */
type Inclusion = (path: string) => 'in' | 'above' | 'out';

function collect(document: BsonDocument, prefix: string, inclusion: Inclusion, found: Collected): void {
  for (const [name, value] of document.entries()) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const place = inclusion(path);
    if (place !== 'out') collectValue(path, value, place, inclusion, found);
  }
}

function collectValue(path: string, value: Value, place: 'in' | 'above', inclusion: Inclusion, found: Collected): void {
  if (value instanceof BsonDocument && !value.isEmpty()) {
    collect(value, path, inclusion, found);
  } else if (!Array.isArray(value)) {
    if (place === 'in') found.pairs.push([path, value]);
  } else {
    found.arrayPaths.add(path);
    if (value.length === 0 && place === 'in') found.pairs.push([path, bsonUndefined]);
    for (const element of value as readonly Value[]) {
      // An array inside an array is a value like any other; documents go on with the same path.
      if (element instanceof BsonDocument && !element.isEmpty()) collect(element, path, inclusion, found);
      else if (place === 'in') found.pairs.push([path, element]);
    }
  }
}

function inclusionOf(index: IndexDescriptor): Inclusion {
  const root = index.fields.find((field) => field.kind === 'wildcard')?.path ?? '';
  if (root !== '') return (path) => relation(path, root);
  const projection = index.wildcardProjection;
  if (projection === undefined) return (path) => (path === '_id' || path.startsWith('_id.') ? 'out' : 'in');
  const paths = flatten(projection, '');
  const id = paths.get('_id');
  paths.delete('_id');
  const isInclusion = paths.size === 0 ? id === true : [...paths.values()][0] === true;
  const listed = [...paths.keys()];
  const includesId = id ?? false;
  return (path) => {
    if (path === '_id' || path.startsWith('_id.')) return includesId ? 'in' : 'out';
    if (!isInclusion) return listed.some((other) => relation(path, other) === 'in') ? 'out' : 'in';
    const relations = listed.map((other) => relation(path, other));
    return relations.includes('in') ? 'in' : relations.includes('above') ? 'above' : 'out';
  };
}

function relation(path: string, listed: string): 'in' | 'above' | 'out' {
  if (path === listed || path.startsWith(`${listed}.`)) return 'in';
  return listed.startsWith(`${path}.`) ? 'above' : 'out';
}

function flatten(projection: BsonDocument, prefix: string): Map<string, boolean> {
  const paths = new Map<string, boolean>();
  for (const [name, value] of projection.entries()) {
    const path = prefix + name;
    if (value instanceof BsonDocument)
      for (const [inner, included] of flatten(value, `${path}.`)) paths.set(inner, included);
    else paths.set(path, value === true || (isNumeric(value) && toDouble(value) !== 0));
  }
  return paths;
}

/** Whether the wildcard part of the index has keys for this path. */
export function isWildcardPath(index: IndexDescriptor, path: string): boolean {
  return inclusionOf(index)(path) === 'in';
}
