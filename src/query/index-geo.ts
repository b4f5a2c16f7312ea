import { printValue } from '../bson/print.ts';
import type { Value } from '../bson/value.ts';
import { BsonDocument } from '../bson/value.ts';
import { isNullish } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { GeometryProblem, parseFlatPoint, parseShape } from './geo/parse-geometry.ts';

/**
 * Checks that a geospatial field of a document can be indexed. Throws 16755 for what a 2dsphere index cannot take, 13654
 * and 13027 for what a 2d index cannot. Missing and null values have no place and need none.
 */
export function checkGeoValue(kind: '2d' | '2dsphere', value: Value | undefined): void {
  if (isNullish(value)) return;
  try {
    if (kind === '2dsphere') checkSphere(value);
    else checkFlat(value);
  } catch (problem) {
    if (!(problem instanceof GeometryProblem)) throw problem;
    const code = kind === '2dsphere' ? 'Location16755' : 'Location13654';
    throw new MongoError(code, `Can't extract geo keys: ${printValue(value)} ${problem.message}`);
  }
}

function checkSphere(value: Value): void {
  if (value instanceof BsonDocument && value.get('crs') instanceof BsonDocument && isStrict(value)) {
    throw new GeometryProblem("can't index geometry with strict winding order");
  }
  // A list of places is indexed place by place.
  if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object') {
    for (const place of value as readonly Value[]) parseShape(place);
    return;
  }
  parseShape(value);
}

function isStrict(value: BsonDocument): boolean {
  const crs = value.get('crs');
  const properties = crs instanceof BsonDocument ? crs.get('properties') : undefined;
  return properties instanceof BsonDocument && String(properties.get('name')).includes('strictwinding');
}

function checkFlat(value: Value): void {
  if (Array.isArray(value) && value.length > 0 && (Array.isArray(value[0]) || value[0] instanceof BsonDocument)) {
    for (const place of value as readonly Value[]) checkFlat(place);
    return;
  }
  if (Array.isArray(value) && value.length === 0) return;
  parseFlatPoint(value, true);
}
