/** `wildcardProjection` of indexes on `$**`: which fields such an index holds. */
import { isZeroNumber } from '../bson/number.ts';
import { BsonDocument } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isWildcard } from './key-pattern.ts';

/** The projection's fields: whether each path is in or out. */
interface ProjectedPaths {
  readonly paths: ReadonlyMap<string, boolean>;
  /** undefined where only `_id` is named. */
  readonly isInclusion: boolean | undefined;
}

/** Throws FailedToParse, BadValue and others for a projection that this key pattern cannot have. */
export function checkWildcardProjection(key: BsonDocument, projection: BsonDocument | undefined): void {
  const fields = [...key.entries()];
  const wildcard = fields.find(([field, value]) => isWildcard(field) && typeof value !== 'string');
  if (projection !== undefined) {
    if (wildcard === undefined) {
      throw new MongoError(
        'BadValue',
        "The field 'wildcardProjection' is only allowed when the index is a wildcard index",
      );
    }
    if (wildcard[0] !== '$**') {
      throw new MongoError(
        'FailedToParse',
        "The field 'wildcardProjection' is only allowed when 'key' is {\"$**\": ±1}",
      );
    }
    if (projection.isEmpty()) {
      throw new MongoError('FailedToParse', "The 'wildcardProjection' field cannot be an empty object");
    }
  }
  const projected = projection === undefined ? undefined : projectedPaths(projection);
  if (wildcard === undefined || fields.length === 1) return;
  const [wildcardField] = wildcard;
  for (const [field] of fields) {
    if (field !== wildcardField && isCovered(field, wildcardField, projected)) {
      throw new MongoError(
        'Location7246209',
        `A compound wildcard index must leave out the field '${field}', which it has by itself`,
      );
    }
  }
}

/** Whether a wildcard field with this projection holds a path. */
function isCovered(field: string, wildcardField: string, projected: ProjectedPaths | undefined): boolean {
  if (wildcardField !== '$**') {
    const prefix = wildcardField.slice(0, -'.$**'.length);
    return field === prefix || field.startsWith(`${prefix}.`);
  }
  if (projected === undefined) return true;
  const isInclusion = projected.isInclusion ?? false;
  if (field === '_id') return projected.paths.get('_id') ?? false;
  for (const [path, isIn] of projected.paths) {
    if (path === '_id' || isIn !== isInclusion) continue;
    if (field === path || field.startsWith(`${path}.`)) return isInclusion;
  }
  return !isInclusion;
}

function projectedPaths(projection: BsonDocument): ProjectedPaths {
  const paths = new Map<string, boolean>();
  collect(projection, '', paths);
  let isInclusion: boolean | undefined;
  for (const [path, isIn] of paths) {
    if (path === '_id') continue;
    isInclusion ??= isIn;
    if (isIn === isInclusion) continue;
    throw isInclusion
      ? new MongoError('Location31254', `Cannot do exclusion on field ${path} in inclusion projection`)
      : new MongoError('Location31253', `Cannot do inclusion on field ${path} in exclusion projection`);
  }
  return { paths, isInclusion };
}

function collect(projection: BsonDocument, prefix: string, paths: Map<string, boolean>): void {
  for (const [name, value] of projection.entries()) {
    const path = prefix + name;
    if (value instanceof BsonDocument) {
      if (value.isEmpty()) throw new MongoError('Location51270', 'An empty sub-projection is not a valid value');
      collect(value, `${path}.`, paths);
      continue;
    }
    if (typeof value !== 'boolean' && !isNumeric(value)) {
      throw new MongoError(
        'Location51271',
        `Bad projection specification, cannot use this value for the field '${path}'`,
      );
    }
    for (const other of paths.keys()) {
      if (other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
        throw new MongoError('Location31249', `Path collision at ${path} remaining portion ${path}`);
      }
    }
    paths.set(path, typeof value === 'boolean' ? value : !isZeroNumber(value));
  }
}
