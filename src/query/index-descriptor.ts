import type { BsonDocument } from '../bson/value.ts';
import type { Collation } from './collation.ts';
import type { Filter } from './filter.ts';
import type { TextIndexOptions } from './text/text-source.ts';

/** How the keys of an index come about. `ordered` is the plain kind, on one or several fields. */
export type IndexKind = 'ordered' | 'hashed' | 'text' | '2d' | '2dsphere' | 'wildcard';

/** One field of an index, in key order. */
export interface IndexField {
  /** Dotted path. For a wildcard index the path that its field stands below; empty for `$**`. */
  readonly path: string;
  readonly isDescending: boolean;
  /** `ordered` fields hold values, `hashed` fields hashes of values; `wildcard` is the `$**` field. */
  readonly kind: 'ordered' | 'hashed' | 'wildcard' | 'text' | '2d' | '2dsphere';
}

/** Bounds of the coordinates in a 2d index. */
export interface FlatRange {
  readonly min: number;
  readonly max: number;
}

/** What the planner and the maker of keys know of an index. */
export interface IndexDescriptor {
  readonly name: string;
  readonly keyPattern: BsonDocument;
  readonly fields: readonly IndexField[];
  readonly kind: IndexKind;
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  /** Hidden from the planner, kept up to date all the same. */
  readonly isHidden: boolean;
  /** Whether some document gave it more than one key, or an array. Never goes back to false. */
  readonly isMultikey: boolean;
  /** Paths of the pattern (prefixes of its fields) that hold an array in some document. */
  readonly multikeyPaths: readonly string[];
  /** Only documents that match have keys. */
  readonly partialFilter: Filter | undefined;
  /** Absent: strings by their bytes. */
  readonly collation: Collation | undefined;
  /** `wildcardProjection`, as the specification has it. */
  readonly wildcardProjection: BsonDocument | undefined;
  /** The least and the largest coordinate of a 2d index; absent: -180 and 180. */
  readonly flatRange?: FlatRange | undefined;
  /** What a text index says about texts; absent for other kinds. */
  readonly text?: TextIndexOptions | undefined;
}

/** The fields of a key pattern. Values must have passed the checks of createIndexes. */
export function indexFields(keyPattern: BsonDocument): IndexField[] {
  const fields: IndexField[] = [];
  for (const [name, direction] of keyPattern.entries()) {
    if (name === '$**' || name.endsWith('.$**')) {
      fields.push({ path: name.slice(0, Math.max(0, name.length - 4)), isDescending: false, kind: 'wildcard' });
    } else if (typeof direction === 'string') {
      fields.push({ path: name, isDescending: false, kind: specialKind(direction) });
    } else {
      fields.push({ path: name, isDescending: Number(direction) < 0, kind: 'ordered' });
    }
  }
  return fields;
}

function specialKind(name: string): IndexField['kind'] {
  return name === 'hashed' || name === 'text' || name === '2d' || name === '2dsphere' ? name : 'ordered';
}

/** The kind of an index with these fields. */
export function indexKind(fields: readonly IndexField[]): IndexKind {
  return fields.find((field) => field.kind !== 'ordered')?.kind ?? 'ordered';
}
